"""What the door costs: requests per second beside a bare aiohttp session, same server, same run.

    python -m benchmarks.door [--seconds 2]

The server runs in a process of its own and answers 200 bytes of JSON. "at once" is the number of
tasks that send one request after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from typing import NamedTuple

import aiohttp

from factotum.core.http import Request
from factotum.core.ports import SendOptions
from factotum.net.door import Door

_BODY = b'{"data":"' + b"x" * 190 + b'"}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Rate-Limit-Remaining: 9\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


class _Server(asyncio.Protocol):
    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        self._transport.write(_ANSWER * data.count(b"\r\n\r\n"))


def _serve(pipe: Connection) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(_Server, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


class Cost(NamedTuple):
    """Requests per second, and microseconds of this process's CPU for each."""

    rate: float
    cpu: float


async def _cost(ask: Callable[[], Awaitable[None]], at_once: int, seconds: float) -> Cost:
    """What ``at_once`` tasks get done in that time."""
    await ask()
    count = 0
    begin, cpu = time.perf_counter(), time.process_time()

    async def work() -> None:
        nonlocal count
        while time.perf_counter() - begin < seconds:
            await ask()
            count += 1

    await asyncio.gather(*(work() for _ in range(at_once)))
    spent = time.perf_counter() - begin
    return Cost(count / spent, 1e6 * (time.process_time() - cpu) / count)


async def _measure(url: str, seconds: float) -> None:
    plain = SendOptions()
    signed = SendOptions(
        hosts=[url.removeprefix("http://").partition("/")[0]],
        sign=lambda request: request.with_header("Authorization", "Bearer benchmark"),
    )
    request = Request("GET", url, (("Accept", "application/json"),))
    async with aiohttp.ClientSession() as session, Door(allow_hosts=["127.0.0.1"]) as door:

        async def bare() -> None:
            async with session.get(url) as answer:
                await answer.read()

        async def through() -> None:
            await door.send(request, plain)

        async def through_signed() -> None:
            await door.send(request, signed)

        ways = {"bare aiohttp": bare, "door": through, "door, signed": through_signed}
        for at_once in (1, 16):
            best = {name: Cost(0.0, 0.0) for name in ways}
            for _ in range(3):
                for name, ask in ways.items():
                    best[name] = max(best[name], await _cost(ask, at_once, seconds))
            for name, cost in best.items():
                share = cost.rate / best["bare aiohttp"].rate
                print(
                    f"{at_once:>3} at once  {name:<14}{cost.rate:>8,.0f}/s {cost.cpu:>5,.0f} µs {share:.0%}"
                )


def run(seconds: float = 2.0) -> None:
    """Measure and print."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(there,), daemon=True)
    server.start()
    asyncio.run(_measure(f"http://127.0.0.1:{here.recv()}/2/users/me?x=1", seconds))
    server.terminate()
    server.join()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--seconds", type=float, default=2.0)
    run(arguments.parse_args().seconds)


if __name__ == "__main__":
    main()
