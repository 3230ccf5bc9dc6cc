"""Linking an account by consent, from a program."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from factotum.bootstrap import get_app
from factotum.core.values import Ref
from factotum.web.api import shapes
from factotum.web.api.answers import answers, record, ref
from factotum.web.api.tokens import caller

router = Router(tags=["Accounts"])


class PastedCallback(Schema):
    """The address the provider sent the person to, or the PIN it showed."""

    callback_url: str = Field(description="https://…/oauth/callback?… as the browser shows it")


@router.post(
    "/accounts/{int:id}/link", summary="Start linking", openapi_extra=answers(ok=ref("Consent"))
)
async def link(request: HttpRequest, id: int) -> dict[str, Any]:
    """Send the person to ``authorize_url``; they come back to the callback address."""
    consent = await get_app().link_start(
        caller(request, "write"), Ref("connected_account", id), return_to=""
    )
    return {
        "authorize_url": consent.url,
        "state": consent.state,
        "expires_at": shapes.timestamp(consent.expires_at),
    }


@router.post(
    "/accounts/{int:id}/link/paste",
    summary="Finish linking by hand",
    openapi_extra=answers(ok=record("connected_account")),
)
async def paste(request: HttpRequest, id: int, body: PastedCallback) -> dict[str, Any]:
    """For installations the provider's redirect cannot reach."""
    account = await get_app().link_paste(
        caller(request, "write"), Ref("connected_account", id), body.callback_url
    )
    return shapes.record(account)


@router.post(
    "/accounts/{int:id}/unlink",
    summary="Forget credentials",
    openapi_extra=answers(ok=record("connected_account")),
)
async def unlink(request: HttpRequest, id: int) -> dict[str, Any]:
    """The account stays, what it was linked with is gone."""
    actor = caller(request, "write")
    return shapes.record(await get_app().unlink(actor, Ref("connected_account", id)))
