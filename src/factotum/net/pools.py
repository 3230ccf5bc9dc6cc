"""One pool of connections for each event loop that sends."""

from __future__ import annotations

import asyncio
import ssl
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.abc import AbstractResolver

from factotum.net.answers import MAX_HEADER_FIELD, MAX_HEADER_FIELDS
from factotum.net.connector import GuardedConnector
from factotum.net.guard import Guard

CONNECT_SECONDS = 10.0
MAX_CONNECTIONS = 256


class Pools:
    """Opens a loop's pool when it first sends. No cookies are kept, no proxy settings heeded."""

    def __init__(
        self, guard: Guard, tls: ssl.SSLContext | None, resolver: AbstractResolver | None
    ) -> None:
        self._guard = guard
        self._tls = tls
        self._resolver = resolver
        self._sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = (
            WeakKeyDictionary()
        )

    def here(self) -> aiohttp.ClientSession:
        """The running loop's pool."""
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None or session.closed:
            session = self._sessions[loop] = self._open()
        return session

    async def close(self) -> None:
        """Close every pool; that of another running loop in its own loop."""
        here = asyncio.get_running_loop()
        sessions, self._sessions = list(self._sessions.items()), WeakKeyDictionary()
        for loop, session in sessions:
            if loop is here:
                await session.close()
            elif loop.is_running():
                closing = asyncio.run_coroutine_threadsafe(session.close(), loop)
                await asyncio.wrap_future(closing)

    def _open(self) -> aiohttp.ClientSession:
        resolver = self._resolver or aiohttp.ThreadedResolver()
        return aiohttp.ClientSession(
            connector=GuardedConnector(self._guard, resolver, self._tls, MAX_CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            skip_auto_headers=("Content-Type",),
            headers={"Accept-Encoding": "gzip, deflate"},  # what net.codings undoes
            auto_decompress=False,
            max_line_size=MAX_HEADER_FIELD,
            max_field_size=MAX_HEADER_FIELD,
            max_headers=MAX_HEADER_FIELDS,
            trust_env=False,
        )
