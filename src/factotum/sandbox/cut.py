"""Cutting a connection without an answer, which ASGI alone has no word for.

The server's protocol class puts a function under ``extensions`` in each request's scope; calling
it drops the connection with nothing written.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

EXTENSION = "sandbox.cut"


class CuttableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, offering to drop the connection."""

    def connection_made(self, transport: object) -> None:
        """Begin a connection whose requests can be cut."""
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows asyncio's type
        self.app = _offering(self.app, self.transport.abort)


def _offering(app: ASGIApp, drop: Callable[[], None]) -> ASGIApp:
    async def offered(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {**scope.get("extensions", {}), EXTENSION: drop}
        await app(scope, receive, send)

    return offered


async def cut(scope: Scope, receive: Receive) -> None:
    """Drop the connection and wait until it is gone, so that the server answers nothing."""
    drop = scope.get("extensions", {}).get(EXTENSION)
    if drop is None:
        raise RuntimeError("Only factotum.sandbox.server can cut a connection.")
    drop()
    while (await receive())["type"] != "http.disconnect":
        pass
