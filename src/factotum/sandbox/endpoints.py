"""What an endpoint of the API is, and the one way in which all of them are served.

Order: who calls → may they → is there room → do it. Whatever fails answers in the words of the
endpoint's version; limit headers go with every answer from the moment the caller is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from factotum.sandbox import billing, errors
from factotum.sandbox.caller import FORM, Caller, identify
from factotum.sandbox.limits import Limit, Window, take, take_of_day
from factotum.sandbox.model import User

if TYPE_CHECKING:
    from factotum.sandbox.state import State

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", re.ASCII)

Json = dict[str, Any]
Answer = Json | list[Json]


@dataclass(frozen=True)
class Call:
    """A call that may be answered: who, and with what parameters."""

    state: State
    caller: Caller
    base: str  # the sandbox's own address, for links in answers
    path: dict[str, str]
    params: dict[str, str]  # query, and form where there is one
    json: Json

    @property
    def user(self) -> User:
        """Who is speaking."""
        if self.caller.user is None:
            raise errors.user_needed()
        return self.caller.user

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Read a number within bounds."""
        value = self.params.get(name, str(default))
        if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
            raise errors.invalid_request(name, value, f"is not between {least} and {most}")
        return int(value)

    def time(self, name: str) -> float:
        """Read a time of RFC 3339 as seconds since 1970, 0 where it was not given."""
        value = self.params.get(name, "")
        if not value:
            return 0.0
        if not TIME.fullmatch(value):
            raise errors.invalid_request(name, value, "is not a time such as 2026-05-03T10:00:00Z")
        try:
            return datetime.fromisoformat(value).timestamp()
        except ValueError:
            raise errors.invalid_request(name, value, "is no such time") from None

    def id(self, name: str) -> str:
        """Read an id, empty where it was not given."""
        value = self.params.get(name, "")
        if value and not (value.isascii() and value.isdigit() and len(value) <= 19):
            raise errors.invalid_request(name, value, "is not valid")
        return value


@dataclass(frozen=True)
class Endpoint:
    """One address of the API. ``scopes`` are OAuth 2.0's; a limit without ``app`` needs a user."""

    method: str
    path: str
    answer: Callable[[Call], Answer]
    limit: Limit
    scopes: tuple[str, ...] = ("tweet.read", "users.read")
    writes: bool = False
    status: int = 200
    always_open: bool = False  # 1.1 only: answered even when 1.1 is closed to the app

    @property
    def name(self) -> str:
        """What limits and people call it: ``POST /2/tweets``."""
        return f"{self.method} {self.path}"

    @property
    def version(self) -> int:
        """Tell whose words it speaks."""
        return 1 if self.path.startswith("/1.1/") else 2

    def route(self) -> Route:
        """Make it reachable."""

        async def served(request: Request) -> Response:
            return await _serve(self, request)

        path = self.path.replace(":id", "{id:int}").replace(":username", "{username}")
        return Route(path, served, methods=[self.method])


async def _serve(endpoint: Endpoint, request: Request) -> Response:
    state: State = request.app.state.sandbox
    headers: dict[str, str] = {}
    try:
        caller = await identify(state, request)
        request.state.seen.caller = str(caller)
        _check_permission(endpoint, caller)
        window, room = take(
            state,
            endpoint.name,
            endpoint.limit,
            who=caller.key,
            is_app=caller.user is None,
        )
        headers = _limit_headers(window)
        of_day, room_today = take_of_day(state, endpoint.name, who=caller.key, app_id=caller.app.id)
        headers |= of_day
        if not (room and room_today):
            raise errors.rate_limited()
        billing.check(state, caller.app.id)
        call = await _call(state, caller, request, endpoint)
        body = endpoint.answer(call)
        text = str(call.json.get("text") or call.params.get("status") or "")
        billing.charge(state, caller.app.id, endpoint.method, endpoint.path, text, body)
    except errors.Refusal as refusal:
        request.state.seen.reason = refusal.reason or refusal.detail
        return refusal.answer(endpoint.version, headers)
    return JSONResponse(body, endpoint.status, headers)


def _limit_headers(window: Window) -> dict[str, str]:
    return window.headers() | {"cache-control": "no-store"}


def _check_permission(endpoint: Endpoint, caller: Caller) -> None:
    if endpoint.version == 1:
        if not caller.app.v1_open and not endpoint.always_open:
            raise errors.endpoint_closed()
        if caller.kind == "oauth2":
            raise errors.version_1_wants_oauth1()
    if caller.kind == "app" and not endpoint.limit.app:
        raise errors.user_needed()
    if caller.kind == "oauth1" and endpoint.writes and not caller.may_write:
        raise errors.app_cannot_write()
    missing = [scope for scope in endpoint.scopes if scope not in caller.scopes]
    if caller.kind == "oauth2" and missing:
        raise errors.scope_missing(missing)


async def _call(state: State, caller: Caller, request: Request, endpoint: Endpoint) -> Call:
    body = await request.body()
    params = dict(request.query_params)
    is_form = request.headers.get("content-type", "").startswith(FORM)
    if is_form and endpoint.version == 1:
        params |= parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return Call(
        state=state,
        caller=caller,
        base=str(request.base_url).rstrip("/"),
        path={name: str(value) for name, value in request.path_params.items()},
        params=params,
        json=_json(body) if endpoint.version == 2 and request.method == "POST" else {},
    )


def _json(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise errors.invalid_request("body", "", "is not a JSON object")
    return value
