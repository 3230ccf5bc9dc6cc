"""The browser's session: who is signed in, and the token that its forms must carry."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from factotum.sandbox.model import User
    from factotum.sandbox.state import State

COOKIE = "x_sandbox_session"
MOST = 1000  # sessions kept; the oldest go first


@dataclass
class Session:
    """One browser; ``user_id`` is empty until an account is chosen."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    user_id: str = ""
    notice: str = ""


class ForgedForm(Exception):
    """A form came without this session's token; nothing was done."""


def session_of(request: Request) -> Session:
    """Find the browser's session or begin one."""
    state: State = request.app.state.sandbox
    found = state.sessions.get(request.cookies.get(COOKIE, ""))
    if found is None:
        found = getattr(request.state, "session", None) or Session()
        request.state.session = found
        state.sessions[found.id] = found
        while len(state.sessions) > MOST:
            del state.sessions[next(iter(state.sessions))]
    return found


def remember(request: Request, response: Response) -> None:
    """Hand the browser its session."""
    response.set_cookie(
        COOKIE,
        session_of(request).id,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def signed_in(request: Request) -> User | None:
    """Tell who is signed in."""
    state: State = request.app.state.sandbox
    return state.users.get(session_of(request).user_id)


async def posted(request: Request) -> FormData:
    """Read a form that one of our own pages sent; raises ForgedForm for any other."""
    form = await request.form()
    token = form.get("csrf")
    if not isinstance(token, str) or not secrets.compare_digest(
        token.encode(), session_of(request).csrf.encode()
    ):
        raise ForgedForm
    return form


def text(form: FormData, name: str) -> str:
    """Read one text field of a form, with line ends as a Unix program writes them."""
    value = form.get(name)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
