"""``/webhooks/<guid>``: a bare ASGI app, because this is the path that has to be fast."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from factotum.bootstrap import get_app
from factotum.core.errors import FactotumError, NotFound
from factotum.usecases.webhooks import WebhookCall, WebhookReply

PREFIX = "/webhooks/"

MAX_BODY = 1024 * 1024  # bytes; services send far less, and everything is kept in memory

NOT_ANSWERED = frozenset(
    {
        "connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding",
        "upgrade",  # these follow from the connection and the body
        "clear-site-data", "content-security-policy", "set-cookie",
        "strict-transport-security",  # these would speak for our origin
    }
)  # fmt: skip
"""Headers that a behavior cannot set."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def webhooks(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand one call to the behavior that listens, answer what it answers."""
    try:
        answer = await _answer(scope, await _read(receive))
    except _TooLarge:
        answer = _plain(413, "The body of a webhook may have at most 1 MB.\n")
    except _HungUp:
        return  # half a call is none
    await _write(answer, send, head=scope["method"] == "HEAD")


class _TooLarge(Exception):
    pass


class _HungUp(Exception):
    pass


async def _answer(scope: Scope, body: bytes) -> WebhookReply:
    try:
        return await get_app().receive_webhook(_call(scope, body))
    except NotFound:
        return _plain(404, "There is no webhook at this address.\n")
    except FactotumError:
        # the caller is a stranger: what went wrong stands in the run
        return _plain(500, "The behavior behind this webhook failed.\n")


def _call(scope: Scope, body: bytes) -> WebhookCall:
    guid, _, rest = scope["path"][len(PREFIX) :].partition("/")
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    )
    return WebhookCall(
        guid=guid,
        method=scope["method"],
        path=rest,
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        client_ip=scope["client"][0] if scope.get("client") else "",
    )


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _HungUp
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise _TooLarge
        if not message.get("more_body"):
            return b"".join(parts)


async def _write(answer: WebhookReply, send: Send, *, head: bool) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode())
        for name, value in answer.headers
        if name.lower() not in NOT_ANSWERED
    ]
    # a behavior answers services, not browsers: nothing in it may run in our origin
    headers += [(b"content-security-policy", b"sandbox"), (b"x-content-type-options", b"nosniff")]
    has_body = answer.status not in {204, 304}  # RFC 9110, 6.4.1
    if has_body:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = answer.body if has_body and not head else b""
    await send({"type": "http.response.body", "body": body})


def _plain(status: int, text: str) -> WebhookReply:
    return WebhookReply(status, (("content-type", "text/plain; charset=utf-8"),), text.encode())
