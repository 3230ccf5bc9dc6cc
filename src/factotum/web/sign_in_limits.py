"""How often a password may be wrong, so that guessing is hopeless and nobody can shut another out.

Failures are counted for a name at an address, for an address, and for a name from everywhere. A
browser in which somebody has signed in is known by a signed cookie; it has a count of its own, which
failures from elsewhere do not touch (OWASP's device cookies).
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

FAILURES = {
    "sign_in_failed_here": "10/m/ip,5/5m/key,12/h/key",
    "sign_in_failed_anywhere": "30/h/key",
    "sign_in_failed_in_browser": "5/5m/key,12/h/key",
}
"""What is counted and how much of it is allowed; ``key`` is what ``count`` names."""

COOKIE = "factotum_browser"
SALT = "factotum.web.sign_in_limits"
KNOWN_SECONDS = 180 * 24 * 3600


def count(request: HttpRequest, name: str) -> ratelimit.RateLimitUsage | None:
    """One more try to sign in with this name, to be rolled back if it is right; None for too many."""
    name = name.strip().lower()
    browser = _browser_of(request, name)
    if browser:
        return _consume(request, "sign_in_failed_in_browser", f"{browser}:{name}")
    here = _consume(request, "sign_in_failed_here", f"{ratelimit.get_ip(request)}:{name}")
    if here is None:
        return None
    anywhere = _consume(request, "sign_in_failed_anywhere", name)
    return anywhere and ratelimit.RateLimitUsage([*here.usage, *anywhere.usage])


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


def _consume(request: HttpRequest, action: str, key: str) -> ratelimit.RateLimitUsage | None:
    usage: ratelimit.RateLimitUsage | None = ratelimit.consume(
        request, app="factotum", action=action, config=FAILURES, key=key
    )
    return usage
