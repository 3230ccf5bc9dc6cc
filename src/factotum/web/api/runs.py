"""Reading runs, stopping and waking them, and saying what nobody knows."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from factotum.bootstrap import get_app
from factotum.core.errors import NotFound
from factotum.web.api import shapes
from factotum.web.api.answers import answers, ref
from factotum.web.api.tokens import caller

router = Router(tags=["Runs"])


class Said(Schema):
    """What has become of a request that got no answer."""

    outcome: Literal["happened", "not-done", "given-up"]
    id: str = Field("", description="What the service calls what was made, where it happened")


@router.get("/runs", summary="List runs, newest first", openapi_extra=answers(ok=ref("RunPage")))
async def list_runs(
    request: HttpRequest,
    after: str = "",
    limit: int = 50,
    behavior_id: int | None = None,
    show: Literal["", "under-way", "waiting", "failed", "unknown"] = "",
) -> dict[str, Any]:
    """Lines only; the steps are with the single run. ``show=unknown``: what they did is not known."""
    found = await get_app().runs(
        caller(request, "read"),
        after=after,
        limit=max(1, min(limit, 200)),
        behavior_id=behavior_id,
        show=show,
    )
    return shapes.run_page(found)


@router.get("/runs/{id}", summary="One run", openapi_extra=answers(ok=ref("Run")))
async def get_run(request: HttpRequest, id: str) -> dict[str, Any]:
    """Status, steps, effects."""
    return shapes.run(await get_app().run_view(caller(request, "read"), id))


@router.get(
    "/runs/{id}/replay",
    summary="Compare a run with another revision of its behavior",
    openapi_extra=answers(ok=ref("Replay")),
)
async def replay_run(request: HttpRequest, id: str, revision: int = 0) -> dict[str, Any]:
    """What that revision (0: the latest) would decide and ask for in its place. Nothing is sent."""
    return shapes.replay(await get_app().replay_run(caller(request, "read"), id, revision))


@router.post(
    "/runs/{id}/{verb}",
    summary="Cancel, hold, resume or retry a durable run",
    openapi_extra=answers(ok=ref("Run")),
)
async def control_run(
    request: HttpRequest, id: str, verb: Literal["cancel", "hold", "resume", "retry"]
) -> dict[str, Any]:
    """A retry goes on from the request that failed; what was done before is not done again."""
    actor = caller(request, "run")
    app = get_app()
    verbs = {
        "cancel": app.cancel_run,
        "hold": app.hold_run,
        "resume": app.resume_run,
        "retry": app.retry_run,
    }
    await verbs[verb](actor, id)
    return shapes.run(await app.run_view(actor, id))


@router.get(
    "/effects/unknown",
    summary="Requests of which nobody knows whether they happened",
    openapi_extra=answers(ok=ref("EffectPage")),
)
async def unknown_effects(request: HttpRequest, after: str = "", limit: int = 50) -> dict[str, Any]:
    """The oldest first."""
    limit = max(1, min(limit, 200))
    found = await get_app().unsettled(caller(request, "read"), after=after, limit=limit)
    return {
        "items": [shapes.effect(each.effect) for each in found.items],
        "next": found.cursor or None,
    }


@router.post(
    # the key of what a behavior's behavior sent holds slashes
    "/effects/{path:key}/settle",
    summary="Say what happened",
    openapi_extra=answers(ok=ref("Effect")),
)
async def settle_effect(request: HttpRequest, key: str, body: Said) -> dict[str, Any]:
    """A run that waits for it goes on from there."""
    if not key:
        raise NotFound("There is no such request.")
    actor = caller(request, "run")
    return shapes.effect(await get_app().settle(actor, key, body.outcome, body.id))
