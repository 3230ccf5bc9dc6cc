"""A line that a person may paste while the program waits for something else too."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading

LONGEST = 64 * 1024  # bytes; an address is far shorter


def pasted_line() -> asyncio.Future[str]:
    """The first line typed that is not empty; "" once the input is closed."""
    loop = asyncio.get_running_loop()
    pasted: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        line = _first_line(sys.stdin.fileno()) if sys.stdin else ""
        with contextlib.suppress(RuntimeError):  # the loop is gone: the callback was faster
            loop.call_soon_threadsafe(_settle, pasted, line)

    # a daemon, because nothing can interrupt a read of the terminal
    threading.Thread(target=read, daemon=True).start()
    return pasted


def _first_line(descriptor: int) -> str:
    """Read past Python's own buffer, whose lock a waiting thread would keep at the program's end."""
    text = b""
    while b"\n" not in text.lstrip() and len(text) < LONGEST:
        piece = os.read(descriptor, 4096)
        if not piece:
            break
        text += piece
    return text.decode("utf-8", "replace").strip().partition("\n")[0].strip()


def _settle(pasted: asyncio.Future[str], line: str) -> None:
    if not pasted.done():
        pasted.set_result(line)
