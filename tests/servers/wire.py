"""A server on bare sockets: keeps every byte that arrives and answers with the bytes it is told."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import ssl
from collections.abc import Awaitable, Callable
from typing import Self

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Answer = Callable[[int, bytes], bytes | Awaitable[bytes | None] | None]


class Last(bytes):
    """An answer after which the connection is closed."""

    __slots__ = ()


def redirect(status: int, location: str) -> bytes:
    return f"HTTP/1.1 {status} Go\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


class Wire:
    """``answer(number, request)`` gives the answer to the numbered request (from 0), None cuts.

    ``requests`` are whole requests, head and body; ``connections`` counts accepted sockets, also
    those on which nothing was said.
    """

    def __init__(
        self,
        answer: Answer | bytes = OK,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answer = answer
        self.host = host
        self.port = port
        self.requests: list[bytes] = []
        self.connections = 0
        self._tls = tls
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://{self.host}:{self.port}"

    @property
    def targets(self) -> list[str]:
        """The request targets as they arrived."""
        return [request.split(b" ", 2)[1].decode() for request in self.requests]

    def header(self, name: str, number: int = -1) -> str | None:
        head = self.requests[number].partition(b"\r\n\r\n")[0].decode("latin-1")
        pairs = (line.split(": ", 1) for line in head.split("\r\n")[1:])
        return {key.lower(): value for key, value in pairs}.get(name.lower())

    def body(self, number: int = -1) -> bytes:
        return self.requests[number].partition(b"\r\n\r\n")[2]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, self.host, self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()

    async def say(self, unasked: bytes) -> None:
        """Write to every connection, whoever asked."""
        for writer in self._writers:
            writer.write(unasked)
            await writer.drain()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connections += 1
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (
                int(line[15:])
                for line in head.split(b"\r\n")
                if line[:15].lower() == b"content-length:"
            ),
            0,
        )
        self.requests.append(head + await reader.readexactly(length))
        number = len(self.requests) - 1
        answer = self.answer(number, self.requests[-1]) if callable(self.answer) else self.answer
        if inspect.isawaitable(answer):
            answer = await answer
        if answer is None:
            return False
        writer.write(answer)
        await writer.drain()
        return not isinstance(answer, Last)
