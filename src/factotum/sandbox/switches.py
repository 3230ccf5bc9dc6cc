"""Switches that make the sandbox fail on purpose, and what it has seen.

A switch concerns the addresses that programs call, or only those that begin with its ``path``;
it goes off by itself after ``times`` requests when that is said.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from factotum.sandbox import errors
from factotum.sandbox.cut import cut

if TYPE_CHECKING:
    from factotum.sandbox.state import State

CALLED = ("/1.1/", "/2/", "/oauth2/token", "/oauth/request_token", "/oauth/access_token")
OWN = ("/_sandbox", "/switches", "/static/", "/avatar/")

FAULTS = {
    "401": "401: the token is not valid",
    "403": "403: not allowed",
    "429": "429: over the limit",
    "500": "500: broken inside",
    "503": "503: over capacity",
    "slow": "Slow: answer after some seconds",
    "cut-before": "Cut the connection before doing the work",
    "cut-after": "Do the work, then cut the connection",
    "garbage": "Garbage: a page of HTML with 200",
}

REFUSALS = {
    "401": errors.invalid_token("switched on by hand"),
    "403": errors.Refusal(
        403,
        64,
        "Your account is suspended and is not permitted to access this feature.",
        title="Forbidden",
        reason="switched on by hand",
    ),
    "429": errors.rate_limited(),
    "500": errors.Refusal(500, 131, "Internal error", title="Internal Server Error"),
    "503": errors.Refusal(503, 130, "Over capacity", title="Service Unavailable"),
}

GARBAGE = "<!doctype html><title>Down</title><h1>Down for maintenance</h1><p>Back soon.</p>"


@dataclass
class Switch:
    """One fault that is on; ``times`` None means until it is taken away."""

    id: str
    fault: str
    path: str = ""
    method: str = ""
    times: int | None = None
    seconds: float = 5.0

    def concerns(self, method: str, path: str) -> bool:
        """Tell whether a request meets this fault."""
        if self.method and self.method != method:
            return False
        return path.startswith(self.path or CALLED) and not path.startswith(OWN)


@dataclass
class Seen:
    """A request that came to an address programs call; status 0 means it was cut."""

    at: float
    method: str
    path: str
    status: int = 0
    fault: str = ""
    caller: str = ""
    reason: str = ""


def turn_on(
    state: State,
    fault: str,
    *,
    path: str = "",
    method: str = "",
    times: int | None = None,
    seconds: float = 5.0,
) -> Switch:
    """Turn a fault on; raises ValueError where that makes no sense."""
    if fault not in FAULTS:
        raise ValueError(f"The fault must be one of {', '.join(FAULTS)}.")
    if path and not path.startswith("/"):
        raise ValueError("A path begins with a slash.")
    if times is not None and times < 1:
        raise ValueError("The number of times must be 1 or more.")
    if not 0 <= seconds <= 600:
        raise ValueError("The seconds must be between 0 and 600.")
    switch = Switch(state.new_id(), fault, path, method.upper(), times, seconds)
    state.switches.append(switch)
    return switch


def turn_off(state: State, switch_id: str = "") -> None:
    """Turn one fault off, or all of them."""
    state.switches = [s for s in state.switches if switch_id and s.id != switch_id]


def _faults_for(state: State, method: str, path: str) -> list[Switch]:
    """Take what this request meets: slowness first, then at most one failure."""
    met = [s for s in state.switches if s.concerns(method, path)]
    slow = [s for s in met if s.fault == "slow"]
    other = [s for s in met if s.fault != "slow"][:1]
    for switch in slow + other:
        if switch.times is not None:
            switch.times -= 1
            if switch.times == 0:
                state.switches.remove(switch)
    return slow + other


class Faults:
    """The middleware that lets requests meet the switches, and keeps what it has seen."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or let it fail."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        seen = Seen(self.state.clock(), method, path)
        scope.setdefault("state", {})["seen"] = seen
        if path.startswith(CALLED):
            self.state.seen.append(seen)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
            await send(message)

        for switch in _faults_for(self.state, method, path):
            seen.fault = f"{seen.fault} {switch.fault}".strip()
            if switch.fault == "slow":
                receive = await _taken(receive)  # it does the work, whether or not anyone waits
                await asyncio.sleep(switch.seconds)
            else:
                await self._fail(switch, scope, receive, watched)
                return
        await self.app(scope, receive, watched)

    async def _fail(self, switch: Switch, scope: Scope, receive: Receive, send: Send) -> None:
        match switch.fault:
            case "cut-before":
                await _read_all(receive)
                await cut(scope, receive)
            case "cut-after":
                await self.app(scope, receive, _nowhere)
                await cut(scope, receive)
            case "garbage":
                await HTMLResponse(GARBAGE)(scope, receive, send)
            case "429":
                window = {
                    "x-rate-limit-limit": "1",
                    "x-rate-limit-remaining": "0",
                    "x-rate-limit-reset": str(int(time.time() + switch.seconds) + 1),
                }
                await REFUSALS["429"].answer(_version(scope), window)(scope, receive, send)
            case fault:
                await REFUSALS[fault].answer(_version(scope))(scope, receive, send)


def _version(scope: Scope) -> int:
    return 2 if scope["path"].startswith("/2/") else 1


async def _taken(receive: Receive) -> Receive:
    """Read the whole request; gives a ``receive`` that tells it once more."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again


async def _read_all(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


async def _nowhere(_: Message) -> None:
    """Take an answer that nobody will get."""
