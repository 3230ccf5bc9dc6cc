"""The one door out: every HTTP request of the product leaves here."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver

from factotum.core.errors import Refused
from factotum.core.http import Request, Response
from factotum.core.ports import SendOptions
from factotum.net import targets
from factotum.net.call import Call
from factotum.net.connector import Attempt, current
from factotum.net.faults import no_answer
from factotum.net.guard import Guard
from factotum.net.headers import check_method
from factotum.net.hosts import is_listed
from factotum.net.pools import Pools
from factotum.net.targets import Origin

_PLAIN = SendOptions()


class Door:
    """Sends requests; fulfils ``core.ports.Sender``.

    ``allow_hosts`` are FACTOTUM_ALLOW_HOSTS entries, ``timeout`` is in seconds for a whole call with
    its redirects, ``tls`` stands for the system's certificate authorities where given, ``resolver``
    for the system's DNS. One pool of connections per event loop.

    >>> async def status() -> int:
    ...     async with Door(allow_hosts=["127.0.0.1/32"]) as door:
    ...         return (await door.send(Request("GET", "http://127.0.0.1:8100/"))).status
    """

    def __init__(
        self,
        *,
        allow_hosts: Iterable[str] = (),
        timeout: float = 30.0,
        tls: ssl.SSLContext | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._guard = Guard(allow_hosts)
        self._timeout = timeout
        self._pools = Pools(self._guard, tls, resolver)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; a later ``send`` opens new ones."""
        await self._pools.close()

    async def send(self, request: Request, options: SendOptions = _PLAIN) -> Response:
        """The answer, redirects followed.

        Raises Refused (codes ``private-address``, ``host-not-allowed``, ``bad-url``,
        ``scheme-not-allowed``, ``unverified-tls``, ``bad-method``, ``bad-header``,
        ``answer-too-large``, ``too-many-redirects``; its ``sent`` tells whether a request had left by then) and NoAnswer
        (``no-connection``, ``dns-failed``, ``tls-failed``, ``timeout``, ``connection-cut``,
        ``bad-answer``).
        """
        if request.method != (method := check_method(request.method)):
            request = replace(request, method=method)
        url, origin = targets.read(request.url)
        if options.hosts is not None and not is_listed(origin, options.hosts):
            raise Refused(_not_listed(origin, options.hosts), code="host-not-allowed")
        if options.sign and not options.verify_tls:
            raise Refused(_UNVERIFIED, code="unverified-tls")
        attempt = Attempt(origin, may_leave=options.may_leave)
        token = current.set(attempt)
        try:
            async with asyncio.timeout(options.timeout or self._timeout):
                call = Call(self._pools.here(), self._guard, options, attempt)
                return await call.answer_to(request, url)
        except Refused as refusal:
            refusal.sent = refusal.sent or attempt.has_left
            raise
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise attempt.refusal or no_answer(error, attempt) from error
        finally:
            current.reset(token)


_UNVERIFIED = (
    "What an account signs goes only to a server whose certificate is valid; it was not sent."
)


def _not_listed(origin: Origin, hosts: Sequence[str]) -> str:
    if is_listed(replace(origin, scheme="https", port=443), hosts):
        return f"Requests that this account signs go to {origin.host} by https:// only."
    return (
        f"{origin} is not one of the hosts that this account may be used for "
        f"({', '.join(hosts) or 'it has none'}). Add it under Hosts on the service's card "
        "if the account's keys may go there."
    )
