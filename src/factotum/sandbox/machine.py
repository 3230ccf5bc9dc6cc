"""The OAuth addresses that programs call: tokens are asked for, swapped and revoked here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from factotum.sandbox import errors, oauth1, oauth2
from factotum.sandbox.caller import signed

if TYPE_CHECKING:
    from factotum.sandbox.state import State

NOT_KEPT = {"cache-control": "no-store", "pragma": "no-cache"}


async def _form(request: Request, answer: Callable[[State, oauth1.Signed], str]) -> Response:
    try:
        body = answer(request.app.state.sandbox, await signed(request))
    except errors.Refusal as refusal:
        request.state.seen.reason = refusal.reason or refusal.detail
        return refusal.answer(1, NOT_KEPT)
    return Response(body, 200, NOT_KEPT, "text/html;charset=utf-8")


async def request_token(request: Request) -> Response:
    """POST /oauth/request_token."""
    return await _form(request, oauth1.request_token)


async def access_token(request: Request) -> Response:
    """POST /oauth/access_token."""
    return await _form(request, oauth1.access_token)


async def token(request: Request) -> Response:
    """POST /2/oauth2/token."""
    body, status = oauth2.token(request.app.state.sandbox, await signed(request))
    request.state.seen.reason = body.get("error_description", "")
    return JSONResponse(body, status, NOT_KEPT)


async def app_only_token(request: Request) -> Response:
    """POST /oauth2/token: the older address, for apps that speak for nobody."""
    body, status = oauth2.token(request.app.state.sandbox, await signed(request))
    if status != 200 or body.get("scope"):
        refusal = errors.Refusal(403, 99, "Unable to verify your credentials")
        return refusal.answer(1, NOT_KEPT)
    answer = {"token_type": body["token_type"], "access_token": body["access_token"]}
    return JSONResponse(answer, 200, NOT_KEPT)


async def revoke(request: Request) -> Response:
    """POST /2/oauth2/revoke."""
    body, status = oauth2.revoke(request.app.state.sandbox, await signed(request))
    return JSONResponse(body, status, NOT_KEPT)


ROUTES = [
    Route("/oauth/request_token", request_token, methods=["POST"]),
    Route("/oauth/access_token", access_token, methods=["POST"]),
    Route("/2/oauth2/token", token, methods=["POST"]),
    Route("/oauth2/token", app_only_token, methods=["POST"]),
    Route("/2/oauth2/revoke", revoke, methods=["POST"]),
]
