"""Opens connections only to checked addresses, and knows whether a request has left.

aiohttp asks its resolver for a name's addresses, then its socket factory for a socket to each. Both
are checked here, the second for exactly the address that is connected to, and once more the peer of
the finished connection. So an answer of DNS that changes between two looks changes nothing.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from aiohttp import AddrInfoType, ClientConnectionError, ClientRequest, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from factotum.core.errors import Refused
from factotum.net.guard import Guard
from factotum.net.targets import Origin

IDLE_SECONDS = 1.5
"""How long an idle connection is kept: below the 2 seconds after which Gunicorn closes its own (others: 5),
so that a request is not written into a connection that is just being closed."""


@dataclass(slots=True)
class Attempt:
    """One call of the door: where it goes now, and what has become of it."""

    origin: Origin
    may_repeat: bool = False
    """Whether this hop's method changes nothing when it arrives twice."""
    has_left: bool = False
    """Whether a byte of this hop, or of one before it, may have left."""
    is_under_way: bool = False
    """Whether this hop was given a connection."""
    is_reused: bool = True
    """Whether that connection had served a request before."""
    refusal: Refused | None = None
    """Why a socket was not opened; told instead of aiohttp's error."""
    may_leave: Callable[[], None] | None = None
    """Asked once a connection is there; raises where nothing may be sent after all."""

    def head_for(self, origin: Origin) -> None:
        """Begin the next hop."""
        self.origin, self.is_under_way = origin, False


current: ContextVar[Attempt] = ContextVar("current")
"""The attempt that this task (and the tasks aiohttp starts for it) works for."""


class GuardedResolver(AbstractResolver):
    """Asks another resolver and refuses a name that leads to any address that may not be reached."""

    def __init__(self, guard: Guard, inner: AbstractResolver) -> None:
        self._guard = guard
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host, all of them allowed; Refused where one is not."""
        found = await self._inner.resolve(host, port, family)
        for result in found:
            self._guard.check_address(current.get().origin, result["host"])
        return found

    async def close(self) -> None:
        """Close the resolver behind this one."""
        await self._inner.close()


class GuardedConnector(TCPConnector):
    """A pool whose every socket is checked, and that never repeats a request which may not be."""

    def __init__(
        self, guard: Guard, resolver: AbstractResolver, tls: ssl.SSLContext | None, limit: int
    ) -> None:
        super().__init__(
            resolver=GuardedResolver(guard, resolver),
            ssl=tls or True,
            limit=limit,
            keepalive_timeout=IDLE_SECONDS,
            socket_factory=self._socket,
        )
        self._guard = guard

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - aiohttp's signature
    ) -> Connection:
        """A connection for this hop.

        aiohttp calls this a second time when a reused connection broke, to send the request again;
        that is let pass only for safe methods.
        """
        attempt = current.get()
        if attempt.is_under_way and not (attempt.may_repeat and attempt.is_reused):
            raise ClientConnectionError("the connection was closed before an answer came")
        attempt.is_reused = True
        connection = await super().connect(req, traces, timeout)
        while attempt.is_reused and not _is_silent(connection):
            # aiohttp would take what came for the answer to this request
            connection.close()
            connection = await super().connect(req, traces, timeout)
        if attempt.may_leave is not None:
            try:
                attempt.may_leave()
            except Refused:
                connection.release()
                raise
        attempt.has_left = attempt.is_under_way = True
        return connection

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - aiohttp's signature
    ) -> ResponseHandler:
        current.get().is_reused = False
        protocol = await super()._create_connection(req, traces, timeout)
        try:
            self._check(_peer(protocol))
        except OSError:
            protocol.close()
            raise
        return protocol

    def _socket(self, address: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, peer = address
        self._check(peer)
        opened = socket.socket(family=family, type=kind, proto=protocol)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def _check(self, peer: tuple[Any, ...]) -> None:
        attempt = current.get()
        try:
            self._guard.check_address(attempt.origin, str(peer[0]))
        except Refused as refusal:
            attempt.refusal = refusal
            raise OSError("address refused") from refusal


def _is_silent(connection: Connection) -> bool:
    """Whether nothing came since the answer that it was used for: no other one, and no end.

    Some send a second answer, others a 408 to an idle connection before they close it.
    """
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None or protocol.should_close:
        return False
    waiting = select.poll()
    waiting.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return not waiting.poll(0)


def _peer(protocol: ResponseHandler) -> tuple[Any, ...]:
    """The address at the other end; OSError where it has hung up already."""
    transport = protocol.transport
    peer = transport.get_extra_info("peername") if transport else None
    if peer is None:
        raise ConnectionResetError("the connection was closed at once")
    return tuple(peer)
