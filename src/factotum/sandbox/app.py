"""The sandbox as one ASGI application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from factotum.sandbox import (
    consent,
    control,
    developer,
    machine,
    switchboard,
    timeline,
    v1,
    v2,
)
from factotum.sandbox.html import POLICY, failed, forged
from factotum.sandbox.sessions import ForgedForm
from factotum.sandbox.switches import Faults

if TYPE_CHECKING:
    from factotum.sandbox.state import State

LARGEST_BODY = 1_000_000
STATIC = Path(__file__).parent / "static"


def create_app(state: State) -> Starlette:
    """Make the application around a state; to cut connections it needs ``sandbox.server``."""
    api = [endpoint.route() for endpoint in (*v1.ENDPOINTS, *v2.ENDPOINTS)]
    app = Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=STATIC)),
            *api,
            *machine.ROUTES,
            *control.ROUTES,
            *consent.ROUTES,
            *developer.ROUTES,
            *switchboard.ROUTES,
            *timeline.ROUTES,  # the last: /{username} would take every other name
        ],
        middleware=[Middleware(Faults, state=state), Middleware(SafeHeaders)],
        exception_handlers={HTTPException: failed, ForgedForm: forged},
        max_body_size=LARGEST_BODY,
    )
    app.state.sandbox = state
    return app


class SafeHeaders:
    """Puts the headers on every answer that keep a browser from being talked into things."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add to its answer."""

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                names = {name for name, _ in headers}
                added = {
                    b"content-security-policy": POLICY.format(origins="").encode(),
                    b"x-content-type-options": b"nosniff",
                    b"referrer-policy": b"same-origin",
                    b"cache-control": b"no-store",
                }
                headers += [(name, value) for name, value in added.items() if name not in names]
            await send(message)

        await self.app(scope, receive, safely)
