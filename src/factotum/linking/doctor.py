"""Looks for what keeps links from working: addresses, clocks, and what the guard does not let through."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from factotum.auth.scheme import schemes
from factotum.core.errors import NoAnswer, Refused
from factotum.core.fields import Url
from factotum.core.http import Request, Response
from factotum.core.ports import Clock, Query, Sender, SendOptions, Store, Threads
from factotum.core.values import Record
from factotum.linking.callback import callback_url

CLOCK_TOLERANCE = timedelta(minutes=1)
"""Providers refuse signatures that are some minutes off; say so before they do."""
ANSWER_SECONDS = 10.0
MOST_SERVICES = 50

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is good, and what it is or what to do."""

    code: str
    title: str
    is_good: bool
    sentence: str

    def as_json(self) -> dict[str, object]:
        """For ``--json`` and the API."""
        return {
            "code": self.code,
            "title": self.title,
            "is_good": self.is_good,
            "sentence": self.sentence,
        }


class Doctor:
    """Checks this installation; changes nothing and sends no credentials."""

    def __init__(
        self,
        base_url: str,
        store: Store,
        sender: Sender,
        threads: Threads,
        clock: Clock,
        clocks: Callable[[], Awaitable[Sequence[str]]],
    ) -> None:
        self._base_url = base_url
        self._store = store
        self._sender = sender
        self._threads = threads
        self._clock = clock
        self._clocks = clocks

    async def checks(self, seen_url: str = "") -> list[Check]:
        """All checks. ``seen_url`` is an address that a browser came by, where one did."""
        found = [check_callback(self._base_url), check_transport(self._base_url)]
        if seen_url:
            found.append(check_seen(self._base_url, seen_url))
        found += [check_machine(sentence) for sentence in await self._clocks()]
        page = await self._threads.run(
            self._store.find, "connected_service", Query(limit=MOST_SERVICES)
        )
        asked = [
            self._check_provider(service.label, address)
            for service in page.records
            if (address := _address(service))
        ]
        return found + list(await asyncio.gather(*asked))

    async def _check_provider(self, title: str, address: str) -> Check:
        """Whether a service's provider is reached, and whether it has the same time."""
        request = Request("HEAD", address)
        options = SendOptions(follow=0, timeout=ANSWER_SECONDS)
        try:
            response = await self._sender.send(request, options)
        except (Refused, NoAnswer) as error:
            return Check(error.code, title, False, error.sentence)
        return check_clock(title, response, self._clock().at)


def check_callback(base_url: str) -> Check:
    """What to register at providers."""
    return Check(
        "callback-address",
        "Callback address",
        True,
        f"Register {callback_url(base_url)} as the callback address at each provider.",
    )


def check_transport(base_url: str) -> Check:
    """https, but for a machine that talks to itself."""
    parts = urlsplit(base_url)
    is_good = parts.scheme == "https" or parts.hostname in LOOPBACK
    return Check(
        "base-url-https",
        "Transport",
        is_good,
        f"{base_url} is safe to send people to."
        if is_good
        else f"{base_url} is not https: tokens would travel readable, and most providers refuse such "
        "a callback address. Put a TLS proxy in front and set FACTOTUM_BASE_URL to its https address.",
    )


def check_seen(base_url: str, seen_url: str) -> Check:
    """Whether browsers come by the address that callbacks are sent to."""
    ours, seen = _origin(base_url), _origin(seen_url)
    if ours == seen:
        sentence = f"Browsers come by {ours}, where callbacks are sent to."
    else:
        sentence = (
            f"Your browser came by {seen}, but callbacks are sent to {ours}. Set FACTOTUM_BASE_URL "
            f"to {seen}, or let the proxy in front pass Host and X-Forwarded-Proto on; until then, "
            "paste the callback's address back after consent."
        )
    return Check("base-url-seen", "Base address", ours == seen, sentence)


def check_machine(sentence: str) -> Check:
    """A process of this installation whose clock is not the others'."""
    return Check("clocks-differ", "Clocks", False, sentence)


def check_clock(title: str, response: Response, now: datetime) -> Check:
    """This machine's clock beside the Date of a provider's answer."""
    there = _date(response)
    if there is None or abs(now - there) <= CLOCK_TOLERANCE:
        return Check("provider-reached", title, True, "Is reached, and its clock agrees with ours.")
    minutes = (now - there) / timedelta(minutes=1)
    side = "ahead of" if minutes > 0 else "behind"
    return Check(
        "clock-wrong",
        title,
        False,
        f"This machine's clock is {abs(minutes):.0f} minutes {side} the provider's, which may refuse "
        "signed requests for that. Set the clock.",
    )


def _address(service: Record) -> str:
    """The origin of the service's first URL, "" where it has none that is asked."""
    scheme = schemes.get(str(service.get("extension_id")))
    if scheme is None or scheme.unavailable or service.get("is_disabled"):
        return ""
    params = service.get("params") or {}
    urls = (params.get(field.key) for field in scheme.service_fields if isinstance(field, Url))
    first = next((str(url) for url in urls if url), "")
    return f"{_origin(first)}/" if first else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _date(response: Response) -> datetime | None:
    try:
        date = parsedate_to_datetime(response.header("date"))
    except (TypeError, ValueError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
