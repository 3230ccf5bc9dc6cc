"""``/metrics``, for Prometheus: this process, and what waits in the database.

Whoever reads it learns how much is going on, so it takes a token with the scope ``read``. From this
machine it is open as long as nothing can come from elsewhere looking as if it came from here: while
the product's own address is loopback, and a proxy has not passed the call on. FACTOTUM_METRICS says
otherwise: ``token``, ``open`` or ``off``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

from factotum.bootstrap import get_app, get_telemetry
from factotum.web.limits import Receive, Scope, Send

PATH = "/metrics"
PASSED_ON = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})
REFUSED = (
    "Reading the metrics takes a token with the scope read: Authorization: Bearer TOKEN. Or say with "
    "FACTOTUM_METRICS who may read them.\n"
)


async def metrics(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one scrape."""
    del receive  # nothing in it matters
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if settings.CONFIG.metrics == "off":
        await _answer(send, 404, "There are no metrics here.\n")
    elif scope["method"] not in {"GET", "HEAD"}:
        await _answer(send, 405, "Metrics are read with GET.\n", allow="GET, HEAD")
    elif not await _may_read(scope, headers):
        await _answer(send, 401, REFUSED, **{"www-authenticate": 'Bearer realm="Factotum"'})
    else:
        kind, text = await get_telemetry().exposition(headers.get("accept", ""))
        body = b"" if scope["method"] == "HEAD" else text
        await _answer(send, 200, body, **{"content-type": kind})


async def _may_read(scope: Scope, headers: Mapping[str, str]) -> bool:
    who = settings.CONFIG.metrics
    if who == "open" or (who == "local" and _is_local(scope, headers)):
        return True
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return False
    actor = await get_app().token_actor(token.strip())
    return actor is not None and bool(actor.scopes & {"*", "read"})


def _is_local(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether a process of this machine asks, for itself: no proxy, no page under another name."""
    caller = scope["client"][0] if scope.get("client") else ""
    caller = f"//[{caller}]" if ":" in caller else f"//{caller}"
    urls = (caller, f"//{headers.get('host', '')}", settings.CONFIG.base_url)
    return all(is_loopback(url) for url in urls) and PASSED_ON.isdisjoint(headers)


def is_loopback(url: str) -> bool:
    """Whether the host in it can only be this machine.

    >>> is_loopback("http://127.0.0.1:8000"), is_loopback("//localhost"), is_loopback("//10.0.0.1")
    (True, True, False)
    """
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _answer(send: Send, status: int, body: str | bytes, **headers: str) -> None:
    text = body.encode() if isinstance(body, str) else body
    told = {
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(text)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **headers,
    }
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": text})
