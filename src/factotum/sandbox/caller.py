"""Who calls: an app, mostly for somebody. Read from the request's own credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette.requests import Request

from factotum.sandbox import errors, oauth1
from factotum.sandbox.model import App, User

if TYPE_CHECKING:
    from factotum.sandbox.state import State

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Caller:
    """Who calls, and what they may: ``scopes`` is for oauth2, ``may_write`` for oauth1."""

    app: App
    user: User | None
    kind: Literal["oauth1", "oauth2", "app"]
    scopes: frozenset[str] = frozenset()
    may_write: bool = False

    @property
    def key(self) -> str:
        """What limits are counted by."""
        return f"{self.app.id}:{self.user.id if self.user else 'app'}"

    def __str__(self) -> str:
        return f"{'@' + self.user.username if self.user else 'app'} · {self.app.name} · {self.kind}"


async def signed(request: Request) -> oauth1.Signed:
    """Read a request the way its client wrote and signed it, by the Host header."""
    host = request.headers.get("host", request.url.netloc)
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
    query = request.scope["query_string"].decode("ascii", "replace")
    uri = f"{request.url.scheme}://{host}{path}{'?' + query if query else ''}"
    is_form = request.headers.get("content-type", "").startswith(FORM)
    body = (await request.body()).decode(errors="replace") if is_form else ""
    return oauth1.Signed(request.method, uri, dict(request.headers), body)


async def identify(state: State, request: Request) -> Caller:
    """Find who calls; raises Refusal where the credentials do not hold."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _bearer(state, token.strip())
    held = oauth1.verify(state, await signed(request))
    return Caller(
        app=state.apps[held.app_id],
        user=state.users[held.user_id],
        kind="oauth1",
        may_write=held.permission == state.apps[held.app_id].permission == "read-write",
    )


def _bearer(state: State, token: str) -> Caller:
    held = state.bearer_tokens.get(token)
    if held is None:
        raise errors.invalid_token("the bearer token is unknown or revoked")
    app = state.apps[held.app_id]
    if not held.user_id:
        return Caller(app, None, "app")
    if held.expires_at <= state.clock():
        raise errors.invalid_token("the bearer token has expired")
    return Caller(app, state.users[held.user_id], "oauth2", frozenset(held.scopes))
