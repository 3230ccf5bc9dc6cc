"""Running behaviors and reading runs."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import Field

from factotum.bootstrap import get_app
from factotum.core.queueing import LAST, NORMAL
from factotum.web.api import shapes
from factotum.web.api.answers import answers, ref
from factotum.web.api.tokens import caller

router = Router(tags=["Runs"])


class RunOrder(Schema):
    """What to run it with."""

    vars: dict[str, Any] = Field(default_factory=dict, description="Public variables by key")
    event: dict[str, Any] = Field(
        default_factory=dict,
        description="What its event asks; a webhook: method, headers (Name: value, one a line), "
        "body, query, path, client_ip",
    )
    wait: bool = Field(True, description="False answers 202 at once with the run's id")
    simulate: bool = Field(
        False, description="True sends only what the behavior simulates for real"
    )
    priority: int = Field(
        NORMAL, description=f"Which of the queued goes first: 1 does, {LAST} goes last"
    )
    deadline: float | None = Field(
        None, description="Seconds after which a queued run does nothing more"
    )


@router.post(
    "/behaviors/{int:id}/run",
    summary="Run a behavior",
    response={200: Any, 202: Any},
    openapi_extra=answers(ok=ref("Run"), accepted=ref("Run")),
)
async def run_behavior(
    request: HttpRequest,
    id: int,
    body: RunOrder,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key")] = "",
) -> Status[dict[str, Any]]:
    """Answers the run with its final placeholders; with the same Idempotency-Key never runs twice."""
    view = await get_app().run_behavior(
        caller(request, "run"),
        id,
        body.vars,
        simulate=body.simulate,
        wait=body.wait,
        idempotency_key=idempotency_key,
        event=body.event,
        priority=body.priority,
        seconds=body.deadline,
    )
    return Status(200 if body.wait else 202, shapes.run(view))
