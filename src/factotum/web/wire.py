"""What a connection may cost before anything of ours is asked: uvicorn's own server has no bounds.

A request's head has a size and a time, the whole request a longer time. Who sends endless headers, or
one byte a minute, is cut off.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 30.0
BODY_SECONDS = 300.0  # for 32 MB: about a megabit a second

Part = Literal["head", "body", ""]
SECONDS: dict[Part, float] = {"head": HEAD_SECONDS, "body": BODY_SECONDS}

TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it, with bounds on what a request may take to arrive."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A head is waited for from now on."""
        super().connection_made(transport)
        self._part: Part = "head"
        self._timed: Part = ""
        self._timer: asyncio.TimerHandle | None = None
        self._head_size = 0
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._part = ""
        self._watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and see what is still to come."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._part == "head":
            self._head_size += len(data)
            if self._head_size > HEAD_BYTES:
                self.transport.write(TOO_LARGE)
                self.transport.close()
        if self._part != self._timed:
            self._watch()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._part, self._head_size = "head", 0

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._part = "body"
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._part = ""
        super().on_message_complete()

    def _watch(self) -> None:
        """Give the part that is waited for its time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._timed = self._part
        if self._part:
            self._timer = self.loop.call_later(SECONDS[self._part], self._give_up)

    def _give_up(self) -> None:
        self._timer = None
        self.transport.close()
