"""What everybody sees: the timeline, people's pages, signing in, and what apps may use an account."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from factotum.sandbox import access, tweets
from factotum.sandbox.errors import Refusal
from factotum.sandbox.html import go, page, shown
from factotum.sandbox.sessions import posted, session_of, signed_in, text

if TYPE_CHECKING:
    from factotum.sandbox.state import State

SHOWN = 50
COLOURS = ("#0f6b5c", "#8a3b12", "#3f4fa3", "#8b2252", "#5b6b12", "#6a3d9a", "#1f5f8b", "#7a5200")
FACE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48">'
    '<rect width="48" height="48" fill="{colour}"/><text x="24" y="32" text-anchor="middle" '
    'font-family="system-ui,sans-serif" font-size="22" font-weight="600" fill="#fff">{letter}'
    "</text></svg>"
)


async def home(request: Request) -> Response:
    """GET /; with ``q`` it is a search."""
    query = request.query_params.get("q", "").strip()
    return _timeline(request, query)


def _timeline(request: Request, query: str, *, error: str = "", draft: str = "") -> Response:
    state: State = request.app.state.sandbox
    found = [
        tweet for tweet in tweets.newest(state) if not query or tweets.matches(state, tweet, query)
    ][:SHOWN]
    return page(
        request,
        "timeline.html",
        status=422 if error else 200,
        tweets=shown(state, found),
        users=list(state.users.values()),
        query=query,
        error=error,
        draft=draft,
    )


async def write(request: Request) -> Response:
    """POST /: a tweet written by hand."""
    state: State = request.app.state.sandbox
    form = await posted(request)
    user = signed_in(request)
    if user is None:
        return go(request, "/login")
    try:
        tweets.post(state, user, text(form, "text"))
    except Refusal as refusal:
        return _timeline(request, "", error=_sentence(refusal), draft=text(form, "text"))
    return go(request, "/", "Your Tweet was sent.")


def _sentence(refusal: Refusal) -> str:
    match refusal.code:
        case 170:
            return "Write something first."
        case 186:
            return f"That is too long: {refusal.reason}."
        case 187:
            return "You posted exactly that already."
        case _:
            return refusal.message


async def profile(request: Request) -> Response:
    """GET /{username}."""
    state: State = request.app.state.sandbox
    user = state.user_named(request.path_params["username"])
    if user is None:
        raise HTTPException(404)
    own = [tweet for tweet in tweets.newest(state) if tweet.user_id == user.id]
    return page(
        request,
        "profile.html",
        user=user,
        tweets=shown(state, own[:SHOWN]),
        count=len(own),
        users=list(state.users.values()),
    )


async def one_tweet(request: Request) -> Response:
    """GET /{username}/status/{id}."""
    state: State = request.app.state.sandbox
    tweet = state.tweets.get(str(request.path_params["id"]))
    if tweet is None:
        raise HTTPException(404)
    before = state.tweets.get(tweet.in_reply_to_id)
    replies = [other for other in state.tweets.values() if other.in_reply_to_id == tweet.id]
    thread = shown(state, [*([before] if before else []), tweet, *replies])
    return page(request, "status.html", tweets=thread, users=list(state.users.values()))


async def login(request: Request) -> Response:
    """GET and POST /login: choose who to be, or nobody."""
    state: State = request.app.state.sandbox
    if request.method == "GET":
        return page(request, "login.html", users=list(state.users.values()))
    form = await posted(request)
    user = state.users.get(text(form, "user_id"))
    session_of(request).user_id = user.id if user else ""
    return go(request, "/", f"You are @{user.username} now." if user else "You are signed out.")


async def connected_apps(request: Request) -> Response:
    """GET /settings/connected_apps."""
    state: State = request.app.state.sandbox
    user = signed_in(request)
    if user is None:
        return go(request, "/login")
    return page(request, "connected_apps.html", apps=access.apps_of(state, user))


async def revoke_access(request: Request) -> Response:
    """POST /settings/connected_apps: take an app's access away."""
    state: State = request.app.state.sandbox
    form = await posted(request)
    user = signed_in(request)
    app = state.apps.get(text(form, "app_id"))
    if user is None or app is None:
        raise HTTPException(404)
    access.revoke(state, app, user)
    return go(request, "/settings/connected_apps", f"{app.name} no longer has access.")


async def avatar(request: Request) -> Response:
    """GET /avatar/{username}.svg: a letter on a colour."""
    name: str = request.path_params["username"]
    colour = COLOURS[hashlib.sha256(name.lower().encode()).digest()[0] % len(COLOURS)]
    letter = name[:1].upper() if name[:1].isalnum() else "X"
    body = FACE.format(colour=colour, letter=letter)
    return Response(body, media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


ROUTES = [
    Route("/", home, methods=["GET"]),
    Route("/", write, methods=["POST"]),
    Route("/login", login, methods=["GET", "POST"]),
    Route("/settings/connected_apps", connected_apps, methods=["GET"]),
    Route("/settings/connected_apps", revoke_access, methods=["POST"]),
    Route("/avatar/{username}.svg", avatar, methods=["GET"]),
    Route("/{username}/status/{id:int}", one_tweet, methods=["GET"]),
    Route("/{username}", profile, methods=["GET"]),
]
