"""Who calls: a bearer token (RFC 6750) made with ``factotum token create`` or on the Security page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from factotum.bootstrap import get_app
from factotum.core.errors import Refused
from factotum.core.values import Actor


class Token(HttpBearer):
    """Puts the Actor a token stands for on ``request.auth``."""

    openapi_bearerFormat = "Factotum token"  # noqa: N815  the attribute's name is the library's

    async def authenticate(self, request: HttpRequest, token: str) -> Any:  # see base
        """The actor, or None, which answers 401."""
        return await get_app().token_actor(token)


def caller(request: HttpRequest, scope: str) -> Actor:
    """Who calls, where the token covers this scope; Refused where it does not."""
    actor: Actor = request.auth  # type: ignore[attr-defined]  # the library sets it
    if actor.scopes & {"*", scope}:
        return actor
    raise Refused(
        f"This token may not do that; make one with the scope {scope!r}.", code="scope-missing"
    )
