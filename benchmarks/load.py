"""A load generator that costs little: keep-alive connections that ask, read, ask again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

import uvloop


@dataclass(frozen=True, slots=True)
class Round:
    """Requests per second, and how long each request took (seconds, sorted)."""

    rate: float
    times: list[float]

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the requests did not exceed."""
        return self.times[min(int(len(self.times) * share), len(self.times) - 1)] * 1000


class _Client(asyncio.Protocol):
    """One connection. An answer has a Content-Length; anything but a 200 ends the benchmark."""

    def __init__(self, request: bytes, until: float, times: list[float]) -> None:
        self._request = request
        self._until = until
        self._times = times
        self._data = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self._transport = transport
        self._ask()

    def _ask(self):
        self._asked = perf_counter()
        self._transport.write(self._request)

    def data_received(self, data):
        self._data += data
        head, empty, body = self._data.partition(b"\r\n\r\n")
        if not empty or len(body) < _length(head):
            return
        now = perf_counter()
        self._times.append(now - self._asked)
        if not head.startswith(b"HTTP/1.1 200"):
            self._end(RuntimeError((head[:100] + b" " + body[:300]).decode("latin-1")))
        elif now >= self._until:
            self._end(None)
        else:
            self._data = b""
            self._ask()

    def _end(self, error):
        if not self.done.done():
            self.done.set_exception(error) if error else self.done.set_result(None)
        self._transport.close()

    def connection_lost(self, error):
        if not self.done.done():
            self.done.set_exception(error or RuntimeError("The server closed the connection."))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError("The answer has no Content-Length.")


def measure(url: str, at_once: int, seconds: float) -> Round:
    """GET this URL over that many connections for that long."""
    return uvloop.run(_measure(url, at_once, seconds))


async def _measure(url: str, at_once: int, seconds: float) -> Round:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: */*\r\n\r\n".encode()
    times: list[float] = []
    begin = perf_counter()
    clients = [_Client(request, begin + seconds, times) for _ in range(at_once)]
    loop = asyncio.get_running_loop()
    for client in clients:
        await loop.create_connection(lambda one=client: one, parts.hostname, parts.port)
    await asyncio.gather(*(client.done for client in clients))
    return Round(len(times) / (perf_counter() - begin), sorted(times))
