"""How often a password may be wrong, so that guessing is hopeless and nobody can shut another out.

Failures are counted for a name at an address, for an address, and for a name from everywhere. A
browser in which somebody has signed in is known by a signed cookie; it has a count of its own, which
failures from elsewhere do not touch (OWASP's device cookies). All processes on the database count
together (``store.attempts``), under hashes: people type passwords where the name belongs.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from factotum.store.attempts import AttemptCounter, Rate

TRIES: tuple[Rate, ...] = ((30, 60),)
"""Of an address within seconds, right passwords too: each costs a hash that is slow on purpose."""
FAILURES_OF_ADDRESS: tuple[Rate, ...] = ((10, 60),)
FAILURES_OF_NAME: tuple[Rate, ...] = ((5, 5 * 60), (12, 3600))
"""At an address, or in a browser that is known."""
FAILURES_ANYWHERE: tuple[Rate, ...] = ((30, 3600),)
CHANGES: tuple[Rate, ...] = ((5, 60),)
"""Of somebody's password; the old one has to be told."""

COOKIE = "factotum_browser"
SALT = "factotum.web.sign_in_limits"
KNOWN_SECONDS = 180 * 24 * 3600


_counter = AttemptCounter()


@dataclass(frozen=True, slots=True)
class Failure:
    """What was counted as one until the password turns out right."""

    keys: Collection[str]

    def rollback(self) -> None:
        """It was none; allauth's name for that."""
        _counter.give_back(self.keys)


def count(request: HttpRequest, name: str) -> Failure | None:
    """One more try to sign in with this name, to be rolled back if it is right; None for too many."""
    name = name.strip().lower()
    failures = _failures(get_ip(request), name, _browser_of(request, name))
    tries = {_key("tries", get_ip(request)): TRIES}
    return Failure(failures.keys()) if _counter.take({**tries, **failures}) else None


def count_change(user: Any) -> bool:
    """Whether this person may try once more to change the password."""
    return _counter.take({_key("change", str(user.pk)): CHANGES})


def _failures(address: str, name: str, browser: str) -> dict[str, tuple[Rate, ...]]:
    if browser:
        return {_key("browser", browser, name): FAILURES_OF_NAME}
    return {
        _key("address", address): FAILURES_OF_ADDRESS,
        _key("here", address, name): FAILURES_OF_NAME,
        _key("anywhere", name): FAILURES_ANYWHERE,
    }


def _key(*what: str) -> str:
    return salted_hmac(SALT, "\n".join(what), algorithm="sha256").hexdigest()


def know(response: HttpResponse, name: str) -> None:
    """From now on the browser that gets this answer is one in which ``name`` has signed in."""
    known = {"name": name.strip().lower(), "browser": secrets.token_urlsafe(16)}
    response.set_cookie(
        COOKIE,
        signing.dumps(known, salt=SALT),
        max_age=KNOWN_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _browser_of(request: HttpRequest, name: str) -> str:
    """The browser's number where this name has signed in there, else ""."""
    try:
        known: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KNOWN_SECONDS
        )
    except signing.BadSignature:
        return ""
    return str(known["browser"]) if known["name"] == name else ""
