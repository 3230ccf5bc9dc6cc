"""The least that could do the product's work: an ASGI app that signs, sends and keeps a journal.

    python -m benchmarks.floor PORT URL FOLDER

uvicorn, the product's own OAuth 1.0a signer, aiohttp's client, and a table in SQLite (WAL,
``synchronous=FULL``) that a thread fills in batches. No scripts, no accounts, no limits, no guard of
addresses: what it takes less is what the product's own work costs.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from benchmarks.signing import ACCOUNT, SERVICE

from factotum.auth.oauth1 import OAuth1
from factotum.auth.scheme import Credentials
from factotum.core.http import Request
from factotum.core.values import Moment

Send = Callable[[dict[str, Any]], Awaitable[None]]
Row = tuple[float, str, int, str]


class Journal:
    """Lines that one thread writes, all that have come since it began its last transaction."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE line (at REAL, url TEXT, status INT, body TEXT)")
        self._waiting: list[Row] = []
        self._some = asyncio.Event()

    def add(self, row: Row) -> None:
        self._waiting.append(row)
        self._some.set()

    async def write(self) -> None:
        """Until it is cancelled."""
        while await self._some.wait():
            rows, self._waiting = self._waiting, []
            self._some.clear()
            await asyncio.to_thread(self._insert, rows)

    def _insert(self, rows: list[Row]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT INTO line VALUES (?, ?, ?, ?)", rows)
        self._database.execute("COMMIT")


class Floor:
    """Answers each request with what the service says, signed for and written down."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._scheme = OAuth1()
        self._credentials = Credentials(SERVICE, ACCOUNT)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._answer(send)

    async def _live(self, receive: Any, send: Send) -> None:
        await receive()
        self._journal = Journal(self._folder / "journal.sqlite3")
        writing = asyncio.create_task(self._journal.write())
        async with aiohttp.ClientSession() as self._session:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        writing.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, send: Send) -> None:
        request = self._scheme.sign(
            Request("GET", self._url), self._credentials, Moment.of(time.time(), time.time_ns())
        )
        async with self._session.get(request.url, headers=dict(request.headers)) as answer:
            told = json.loads(await answer.read())
        body = json.dumps(told).encode()
        self._journal.add((time.time(), request.url, answer.status, body.decode()))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def main(port: int, url: str, folder: str) -> None:
    app = Floor(url, Path(folder))
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:4])
