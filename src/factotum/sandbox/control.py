"""The JSON API that tests and the demo steer the sandbox with; it answers loopback clients only.

=====================================  ==========================================================
``GET  /_sandbox/apps``                the apps with their keys
``POST /_sandbox/apps``                ``{"name", "callback_urls", …}``: any field of an app
``GET  /_sandbox/users``, ``POST``     who there is; ``{"username", "name"}`` adds somebody
``GET  /_sandbox/tweets``              newest first; ``POST {"username", "text"}`` writes one
``GET  /_sandbox/requests``            what programs called, oldest first
``GET  /_sandbox/switches``            the faults that are on
``POST /_sandbox/switches``            ``{"fault", "path", "method", "times", "seconds"}``
``DELETE /_sandbox/switches``          all off; ``/_sandbox/switches/ID`` one
``POST /_sandbox/consent``             ``{"authorize_url", "username", "allow"}`` → where to go
``POST /_sandbox/revoke``              ``{"app", "username"}``: the user takes the access away
``POST /_sandbox/limits``              ``{"POST /2/tweets": 2}``: calls a window, for everybody
``POST /_sandbox/window``              ``{"seconds": 10}``: how long every window lasts from now on
``POST /_sandbox/day-limits``          ``{"user": {"POST /2/tweets": 17}, "app": {…}}``: in 24 hours
``GET  /_sandbox/bills``               what each app has spent, by X's prices
``POST /_sandbox/bills``               ``{"app", "credits": 1.5, "month_cap": 100}``; null is no end
``POST /_sandbox/reset``               forget everything
=====================================  ==========================================================
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from factotum.sandbox import access, tweets
from factotum.sandbox.billing import bill_of
from factotum.sandbox.errors import Refusal
from factotum.sandbox.model import App
from factotum.sandbox.steering import CannotConsent, consent
from factotum.sandbox.switches import turn_off, turn_on

if TYPE_CHECKING:
    from factotum.sandbox.state import State

Json = dict[str, Any]
Handler = Callable[["State", Request, Json], Any]


class Unclear(Exception):
    """The request does not say what is needed; the message does."""


def list_apps(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Show the apps."""
    return [asdict(app) for app in state.apps.values()]


def make_app(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Make an app or bring the one of that name or key up to date."""
    known = {field.name for field in fields(App)} - {"id", "created_at"}
    if unknown := body.keys() - known:
        raise Unclear(f"An app has no {', '.join(sorted(unknown))}.")
    given = {"callback_urls": [], **body}
    return asdict(state.ensure_app(_text(given, "name"), **_without(given, "name")))


def list_users(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Show who there is."""
    return [asdict(user) for user in state.users.values()]


def add_user(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Add somebody."""
    return asdict(state.add_user(_text(body, "username"), str(body.get("name", ""))))


def list_tweets(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Show all tweets, newest first."""
    return [
        asdict(tweet) | {"username": state.users[tweet.user_id].username}
        for tweet in tweets.newest(state)
    ]


def write_tweet(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Write a tweet for somebody."""
    user = state.user_named(_text(body, "username"))
    if user is None:
        raise Unclear("There is nobody of that name.")
    return asdict(tweets.post(state, user, _text(body, "text")))


def list_requests(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Show what programs called, oldest first."""
    return [asdict(seen) for seen in state.seen]


def list_switches(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Show the faults that are on."""
    return [asdict(switch) for switch in state.switches]


def add_switch(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Turn a fault on."""
    try:
        return asdict(turn_on(state, **body))
    except TypeError as error:
        raise Unclear(f"A switch has fault, path, method, times, seconds: {error}.") from error


def remove_switches(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Turn one fault off, or all."""
    turn_off(state, str(request.path_params.get("id", "")))
    return [asdict(switch) for switch in state.switches]


def give_consent(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Say yes or no on the consent page without a browser."""
    user = state.user_named(str(body.get("username", "alice")))
    return consent(state, _text(body, "authorize_url"), user if body.get("allow", True) else None)


def revoke(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Take away an app's access to an account."""
    app = next((a for a in state.apps.values() if a.name == body.get("app")), None)
    user = state.user_named(_text(body, "username"))
    if app is None or user is None:
        raise Unclear("There is no such app or user.")
    access.revoke(state, app, user)
    return {"revoked": True}


def set_limits(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Set how many calls a window holds."""
    state.settings.limits = {str(name): int(calls) for name, calls in body.items()}
    state.windows.clear()
    return state.settings.limits


def set_window(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Set how long a window lasts."""
    state.settings.window_seconds = float(body.get("seconds") or 0)
    state.windows.clear()
    return {"seconds": state.settings.window_seconds}


def set_day_limits(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Set how many calls 24 hours hold, for each user and for a whole app."""
    settings = state.settings
    settings.user_day_limits = {str(name): int(n) for name, n in body.get("user", {}).items()}
    settings.app_day_limits = {str(name): int(n) for name, n in body.get("app", {}).items()}
    state.windows.clear()
    return {"user": settings.user_day_limits, "app": settings.app_day_limits}


def list_bills(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Show what each app has spent."""
    return {app.name: bill_of(state, app.id).as_json() for app in state.apps.values()}


def set_bill(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Give an app credits from now on, or a cap of calls a month."""
    app = next((a for a in state.apps.values() if a.name == body.get("app")), None)
    if app is None:
        raise Unclear("There is no such app.")
    bill = bill_of(state, app.id)
    if "credits" in body:
        given = body["credits"]
        bill.credits = None if given is None else bill.spent + int(float(given) * 1e6)
    if "month_cap" in body:
        bill.month_cap = None if body["month_cap"] is None else int(body["month_cap"])
    return bill.as_json()


def reset(state: State, request: Request, body: Json) -> Any:  # noqa: ARG001
    """Forget everything."""
    state.reset()
    state.settings.limits = {}
    state.settings.user_day_limits, state.settings.app_day_limits = {}, {}
    state.settings.window_seconds = 0
    return {"reset": True}


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Unclear(f"Say the {name}, a text.")
    return value


def _without(body: Json, name: str) -> Json:
    return {key: value for key, value in body.items() if key != name}


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_trusted(request: Request) -> bool:
    """Let in loopback clients that mean it: not a page elsewhere that a browser here has open."""
    by_us = request.client is not None and _is_loopback(request.client.host)
    plain = request.headers.get("content-type", "").partition(";")[0] == "application/json"
    return by_us and _is_loopback(request.url.hostname or "") and (request.method == "GET" or plain)


def _served(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def served(request: Request) -> Response:
        if not _is_trusted(request):
            sentence = "Only this machine may steer the sandbox; send application/json."
            return JSONResponse({"error": sentence}, 403)
        try:
            body = await request.json() if await request.body() else {}
            if not isinstance(body, dict):
                raise Unclear("Send a JSON object.")  # noqa: TRY301
            return JSONResponse(handler(request.app.state.sandbox, request, body))
        except (Unclear, ValueError, CannotConsent) as error:
            return JSONResponse({"error": str(error)}, 400)
        except Refusal as refusal:
            return refusal.answer(2)

    return served


def _route(path: str, **handlers: Handler) -> list[Route]:
    return [
        Route(f"/_sandbox/{path}", _served(handler), methods=[method])
        for method, handler in handlers.items()
    ]


ROUTES = [
    *_route("apps", GET=list_apps, POST=make_app),
    *_route("users", GET=list_users, POST=add_user),
    *_route("tweets", GET=list_tweets, POST=write_tweet),
    *_route("requests", GET=list_requests),
    *_route("switches", GET=list_switches, POST=add_switch, DELETE=remove_switches),
    *_route("switches/{id:int}", DELETE=remove_switches),
    *_route("consent", POST=give_consent),
    *_route("revoke", POST=revoke),
    *_route("limits", POST=set_limits),
    *_route("window", POST=set_window),
    *_route("day-limits", POST=set_day_limits),
    *_route("bills", GET=list_bills, POST=set_bill),
    *_route("reset", POST=reset),
]
