"""How much of a request is read. Django would put any body on the disk before it asks who sends it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

LARGEST = 33 * 1024 * 1024
"""Bytes: a little more than Django's own limit for forms, which says better what is too large."""
SENTENCE = "What was sent is larger than 32 MB, so nothing was read and nothing changed."

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class BodyLimit:
    """An ASGI application before another; a body that is too large ends as if the caller had gone."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or answer 413."""
        if _declared(scope) > LARGEST:
            await _refuse(scope, send)
            return
        size = 0
        has_answered = False

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            return message if size <= LARGEST else {"type": "http.disconnect"}

        async def seen(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        await self._application(scope, counted, seen)
        if size > LARGEST and not has_answered:
            await _refuse(scope, send)


def _declared(scope: Scope) -> int:
    text = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(text) if text.isdigit() else 0


async def _refuse(scope: Scope, send: Send) -> None:
    kind, body = "text/plain; charset=utf-8", f"{SENTENCE}\n"
    if scope["path"].startswith("/api/"):
        kind, body = "application/problem+json", json.dumps(_PROBLEM)
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body.encode())).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


_PROBLEM = {
    "type": "about:blank",
    "title": "Content Too Large",
    "status": 413,
    "detail": SENTENCE,
    "code": "too-large",
}
