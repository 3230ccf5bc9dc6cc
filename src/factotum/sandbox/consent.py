"""The pages on which somebody lets an app use their account, or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from factotum.sandbox import oauth1, oauth2
from factotum.sandbox.html import page
from factotum.sandbox.model import App, RequestToken, User
from factotum.sandbox.oauth1_validator import OUT_OF_BAND, live_request_token
from factotum.sandbox.oauth2_validator import SCOPES
from factotum.sandbox.sessions import posted, session_of, text

if TYPE_CHECKING:
    from factotum.sandbox.state import State

READ = ("See your timeline and your mentions", "See your profile and the profiles of others")
WRITE = ("Post and delete Tweets for you",)
INTERRUPTED = (
    "This request has expired, was used already, or is not one of this sandbox. "
    "Go back to the app and begin again."
)


async def oauth1_page(request: Request) -> Response:
    """GET and POST /oauth/authorize and /oauth/authenticate."""
    state: State = request.app.state.sandbox
    form = await posted(request) if request.method == "POST" else FormData()
    wanted = text(form, "oauth_token") or request.query_params.get("oauth_token", "")
    token = live_request_token(state, wanted)
    if token is None or token.user_id:
        return page(request, "interrupted.html", status=403, sentence=INTERRUPTED)
    app = state.apps[token.app_id]
    if request.method == "GET":
        allowed = [*READ, *WRITE] if app.permission == "read-write" else list(READ)
        hidden = {"oauth_token": token.token}
        leads_to = "" if token.callback == OUT_OF_BAND else token.callback
        return _consent(request, app, allowed, hidden, leads_to)
    user = _chosen(request, form)
    if token.callback == OUT_OF_BAND:
        return _without_callback(request, token, user)
    return _back(oauth1.allow(state, token, user) if user else oauth1.deny(state, token))


def _without_callback(request: Request, token: RequestToken, user: User | None) -> Response:
    """Show the PIN, or that there is none."""
    state: State = request.app.state.sandbox
    if user is None:
        oauth1.deny(state, token)
        sentence = "You did not give the app access. You can close this page."
        return page(request, "interrupted.html", sentence=sentence)
    pin = oauth1.allow(state, token, user)
    return page(request, "pin.html", pin=pin, app=state.apps[token.app_id])


async def oauth2_page(request: Request) -> Response:
    """GET and POST /i/oauth2/authorize; the form posts back to the whole address."""
    state: State = request.app.state.sandbox
    form = await posted(request) if request.method == "POST" else FormData()
    uri = f"https://sandbox/i/oauth2/authorize?{request.url.query}"
    try:
        asked = oauth2.asked(state, uri)
    except oauth2.BadRedirect as error:
        sentence = f"You weren't able to give access to the app. {error}"
        return page(request, "interrupted.html", status=400, sentence=sentence)
    except oauth2.SentBack as error:
        return _back(error.location)
    if request.method == "GET":
        allowed = [SCOPES[scope] for scope in asked.scopes]
        return _consent(request, asked.app, allowed, {}, asked.redirect_uri)
    user = _chosen(request, form)
    return _back(oauth2.allow(state, uri, asked, user) if user else oauth2.deny(asked))


def _consent(
    request: Request, app: App, allowed: list[str], hidden: dict[str, str], leads_to: str
) -> Response:
    state: State = request.app.state.sandbox
    wanted = state.user_named(request.query_params.get("screen_name", ""))
    chosen = wanted.id if wanted else session_of(request).user_id or next(iter(state.users))
    return page(
        request,
        "consent.html",
        app=app,
        allowed=allowed,
        hidden=hidden,
        leads_to=leads_to,
        returns_to=leads_to,
        users=list(state.users.values()),
        chosen=chosen,
    )


def _chosen(request: Request, form: FormData) -> User | None:
    """Tell who consents, and sign them in; None when they said no."""
    state: State = request.app.state.sandbox
    user = state.users.get(text(form, "user_id"))
    if text(form, "decision") != "allow" or user is None:
        return None
    session_of(request).user_id = user.id
    return user


def _back(location: str) -> Response:
    return RedirectResponse(location, 302, {"cache-control": "no-store"})


ROUTES = [
    Route("/oauth/authorize", oauth1_page, methods=["GET", "POST"]),
    Route("/oauth/authenticate", oauth1_page, methods=["GET", "POST"]),
    Route("/i/oauth2/authorize", oauth2_page, methods=["GET", "POST"]),
]
