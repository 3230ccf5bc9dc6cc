"""``/webhooks/<guid>``: a bare ASGI app, because this is the path that has to be fast."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from factotum.bootstrap import get_app
from factotum.core.database_trouble import StoreAway
from factotum.core.errors import FactotumError, NotFound
from factotum.usecases.webhook_call import WebhookCall, WebhookReply, plain

PREFIX = "/webhooks/"

BODY_SECONDS = 30.0
"""A sender that takes longer to say what it has to say has given up long since."""

TELL_A_BODY = frozenset({b"content-length", b"transfer-encoding"})

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
        answer = await _answer(scope, receive)
    except _HungUp:
        return  # half a call is none
    await _write(answer, send, head=scope["method"] == "HEAD")


class _HungUp(Exception):
    pass


async def _answer(scope: Scope, receive: Receive) -> WebhookReply:
    guid, _, rest = scope["path"][len(PREFIX) :].partition("/")
    try:
        limit = await get_app().webhook_body_limit(guid)
        try:
            body = await _body(scope, receive, limit)
        except TimeoutError:
            return plain(408, "The body took too long to arrive.")
        return await get_app().receive_webhook(_call(scope, guid, rest, body))
    except NotFound:
        return plain(404, "There is no webhook at this address.")
    except StoreAway:
        return plain(503, "This cannot be taken now; send it again in a moment.")
    except FactotumError:
        # the caller is a stranger: what went wrong stands in the run
        return plain(500, "The behavior behind this webhook failed.")


def _call(scope: Scope, guid: str, rest: str, body: bytes | None) -> WebhookCall:
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    )
    query = scope["query_string"].decode("latin-1")
    path = scope["raw_path"].decode("latin-1")
    return WebhookCall(
        guid=guid,
        method=scope["method"],
        path=rest,
        query=query,
        headers=headers,
        body=body or b"",
        client_ip=scope["client"][0] if scope.get("client") else "",
        target=f"{path}?{query}" if query else path,
        is_too_large=body is None,
    )


async def _body(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """As ``_read``, in time: TimeoutError. Without these headers there is none (RFC 9112, 6.3)."""
    if not any(name in TELL_A_BODY for name, _ in scope["headers"]):
        return b""
    async with asyncio.timeout(BODY_SECONDS):
        return await _read(scope, receive, limit)


async def _read(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """The body; None where it is larger than that: then the rest is left where it is."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if declared.isdigit() and int(declared) > limit:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _HungUp
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            return None
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
