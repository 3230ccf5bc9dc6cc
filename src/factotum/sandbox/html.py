"""Drawing pages: templates, the headers that keep them safe, and the pages for what went wrong."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from factotum.sandbox import text
from factotum.sandbox.sessions import ForgedForm, remember, session_of, signed_in

if TYPE_CHECKING:
    from factotum.sandbox.model import App, Tweet, User
    from factotum.sandbox.state import State

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'{origins}"
)
OF_PROGRAMS = re.compile(r"/(_sandbox|labs|\d+(\.\d+)?)(/|$)")
"""Addresses that are no pages, whoever asks: those of versions of the API, and of the control."""


def ago(seconds: float) -> str:
    """Say how long ago something was, as timelines do: now, 5m, 3h, then the day."""
    past = max(0, time.time() - seconds)
    if past < 60:
        return "now"
    if past < 3600:
        return f"{past // 60:.0f}m"
    if past < 86400:
        return f"{past // 3600:.0f}h"
    return time.strftime("%-d %b %Y", time.gmtime(seconds))


def exactly(seconds: float) -> str:
    """Write a moment down in full."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))


_templates = Environment(
    loader=PackageLoader("factotum.sandbox"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(ago=ago, exactly=exactly, pieces=text.pieces)


def origin(address: str) -> str:
    """Give the part of an address that a form may lead to: ``http://127.0.0.1:8000`` or ``app:``."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def page(
    request: Request, template: str, *, status: int = 200, leads_to: str = "", **values: Any
) -> Response:
    """Draw a page. A form whose answer redirects elsewhere names that address in ``leads_to``."""
    session = session_of(request)
    notice, session.notice = session.notice, ""
    drawn = _templates.get_template(template).render(
        request=request, csrf=session.csrf, me=signed_in(request), notice=notice, **values
    )
    response = HTMLResponse(drawn, status)
    allowed = f" {origin(leads_to)}" if leads_to else ""
    response.headers["content-security-policy"] = POLICY.format(origins=allowed)
    remember(request, response)
    return response


def go(request: Request, address: str, notice: str = "") -> Response:
    """Send the browser on after a form, with a word about what was done."""
    session_of(request).notice = notice
    response = RedirectResponse(address, 303)
    remember(request, response)
    return response


@dataclass(frozen=True)
class Shown:
    """A tweet as a page shows it."""

    tweet: Tweet
    author: User
    app: App | None
    parent: Tweet | None
    answers: User | None  # who wrote the parent


def shown(state: State, tweets: list[Tweet]) -> list[Shown]:
    """Put each tweet beside who wrote it, with what, and whom it answers."""
    parents = [state.tweets.get(tweet.in_reply_to_id) for tweet in tweets]
    return [
        Shown(
            tweet,
            state.users[tweet.user_id],
            state.apps.get(tweet.app_id),
            parent,
            state.users[parent.user_id] if parent else None,
        )
        for tweet, parent in zip(tweets, parents, strict=True)
    ]


def failed(request: Request, error: Exception) -> Response:
    """Answer what has no page, or may not be done, in the words of who asked."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    path = request.url.path
    words = HTTPStatus(status).phrase
    if path.startswith(("/1.1/", "/oauth")):
        message = "Sorry, that page does not exist." if status == 404 else words
        return JSONResponse({"errors": [{"code": 34, "message": message}]}, status)
    if OF_PROGRAMS.match(path) or "text/html" not in request.headers.get("accept", ""):
        body = {"title": words, "detail": words, "type": "about:blank", "status": status}
        return JSONResponse(body, status)
    sentence = (
        "There is no such page in the sandbox."
        if status == 404
        else "The sandbox could not answer that."
    )
    return page(request, "error.html", status=status, sentence=sentence)


def forged(request: Request, error: Exception) -> Response:
    """Answer a form that did not come from the page it should have come from."""
    assert isinstance(error, ForgedForm)  # noqa: S101  # it is registered for nothing else
    sentence = "That form is out of date; nothing was done. Open the page again and send it anew."
    return page(request, "error.html", status=403, sentence=sentence)
