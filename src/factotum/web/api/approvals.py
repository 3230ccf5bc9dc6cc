"""What bots ask people for before they go on."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from factotum.bootstrap import get_app
from factotum.web.api import shapes
from factotum.web.api.answers import answers, ref
from factotum.web.api.tokens import caller

router = Router(tags=["Runs"])


class Decision(Schema):
    """What is said to a run that asks."""

    outcome: Literal["approved", "refused"]
    comment: str = Field("", description="The behavior can read it; it is kept with the run")


@router.get(
    "/approvals",
    summary="What bots ask you to approve",
    openapi_extra=answers(ok=ref("ApprovalPage")),
)
async def list_approvals(request: HttpRequest, after: str = "", limit: int = 50) -> dict[str, Any]:
    """Those of the oldest run first."""
    limit = max(1, min(limit, 200))
    found = await get_app().approvals(caller(request, "read"), after=after, limit=limit)
    return {
        "items": [shapes.approval(each.approval) for each in found.items],
        "next": found.cursor or None,
    }


@router.post(
    "/approvals/{key}/decide",
    summary="Approve or refuse",
    openapi_extra=answers(ok=ref("Approval")),
)
async def decide(request: HttpRequest, key: str, body: Decision) -> dict[str, Any]:
    """The run goes on with it. Who comes second changes nothing and is told so."""
    said = await get_app().decide(caller(request, "run"), key, body.outcome, body.comment)
    return shapes.approval(said.approval)
