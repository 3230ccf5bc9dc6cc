"""The ASGI application: webhooks and files first, everything else is Django's; opens and closes the product."""

from __future__ import annotations

import gc

from factotum import bootstrap
from factotum.preparation import set_up_django
from factotum.telemetry import incoming
from factotum.web.assets import Assets
from factotum.web.hooks.webhooks import PREFIX, webhooks
from factotum.web.limits import BodyLimit, Receive, Scope, Send
from factotum.web.metrics import PATH as METRICS
from factotum.web.metrics import metrics

set_up_django()

from django.core.asgi import get_asgi_application  # noqa: E402  needs the set-up above
from django.urls import get_resolver  # noqa: E402

pages = BodyLimit(get_asgi_application())  # type: ignore[arg-type]  # the stubs know only HTTP's own send
assets = Assets()

YOUNG = 10_000
"""Objects made before Python looks for cycles among them; its own 700 are less than one request's."""
get_resolver().url_patterns  # noqa: B018  every page is imported now, not by whoever comes first


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """One HTTP exchange, or the life of the process."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] != "http":
        return  # there are no web sockets here; returning closes one
    else:
        await _answer(scope, receive, send)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    if bootstrap.get_telemetry().spans is not None:
        incoming.take(scope["headers"])
    bootstrap.catch_up()
    if scope["path"].startswith(PREFIX):
        await webhooks(scope, receive, send)
    elif scope["path"] == METRICS:
        await metrics(scope, receive, send)
    elif scope["path"].startswith("/static/"):
        await assets(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    async with bootstrap.running(serving=True):
        _tune_collector()
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


def _tune_collector() -> None:
    """What is loaded by now stays, and what a request makes is gone before a cycle can matter."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
