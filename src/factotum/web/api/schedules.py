"""Schedules: when recurrent behaviors fire next; change, pause and resume them."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from factotum.bootstrap import get_app
from factotum.bots.triggers.recurrent import CATCH_UP
from factotum.core.queueing import DEADLINE, PRIORITY
from factotum.usecases.schedule_desk import ScheduleView
from factotum.web.api.answers import (
    FLAG,
    NUMBER,
    NUMBER_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    TIME,
    TIME_OR_NULL,
    answers,
    many,
    page_of,
    whole,
)
from factotum.web.api.shapes import timestamp
from factotum.web.api.tokens import caller

router = Router(tags=["Schedules"])

SCHEDULE = whole(
    {
        "behavior_id": NUMBER,
        "title": TEXT,
        "bot_id": NUMBER,
        "bot": TEXT,
        "patterns": many(TEXT),
        "told": {**many(TEXT), "description": "The patterns in words"},
        "timezone": TEXT,
        "catch_up": {**TEXT, "enum": list(CATCH_UP)},
        "priority": {**NUMBER, "description": PRIORITY.help},
        "deadline": {**NUMBER_OR_NULL, "description": DEADLINE.help},
        "paused": FLAG,
        "enabled": {**FLAG, "description": "Whether the behavior and its bot are"},
        "next": {**many(TIME), "description": "When it fires: once in a list, else five times"},
        "last_due": TIME_OR_NULL,
        "last_fired_at": TIME_OR_NULL,
        "last_run": TEXT_OR_NULL,
        "note": {**TEXT_OR_NULL, "description": "What is wrong, or was missed"},
        "url": TEXT,
    }
)


class ScheduleChange(Schema):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    paused: bool | None = Field(None, description="True stops it, false lets it go on from now")
    patterns: list[str] | None = Field(None, description="Cron patterns")
    timezone: str | None = Field(None, description="Such as Europe/Berlin")
    priority: int | None = Field(None, description=PRIORITY.help)
    deadline: int | None = Field(None, description=DEADLINE.help)
    catch_up: Literal["once", "all", "skip"] | None = Field(
        None, description="What is done about firings that were missed while nothing ran"
    )


@router.get(
    "/schedules",
    summary="List schedules, the next first",
    response=Any,
    openapi_extra=answers(ok=page_of(SCHEDULE)),
)
async def list_schedules(request: HttpRequest, after: str = "", limit: int = 50) -> dict[str, Any]:
    """Each with its next moment; those that do not fire (paused, disabled) stand at the end."""
    found = await get_app().schedules(
        caller(request, "read"), after=after, limit=max(1, min(limit, 200))
    )
    return {"items": [shape(view) for view in found.views], "next": found.cursor or None}


@router.get(
    "/schedules/{int:behavior_id}",
    summary="One schedule",
    response=Any,
    openapi_extra=answers(ok=SCHEDULE),
)
async def get_schedule(request: HttpRequest, behavior_id: int) -> dict[str, Any]:
    """The behavior's, with the next five moments at which it fires."""
    return shape(await get_app().schedule(caller(request, "read"), behavior_id))


@router.patch(
    "/schedules/{int:behavior_id}",
    summary="Change a schedule",
    response=Any,
    openapi_extra=answers(ok=SCHEDULE),
)
async def change_schedule(
    request: HttpRequest, behavior_id: int, body: ScheduleChange
) -> dict[str, Any]:
    """Other patterns, another zone or rule are a new revision of the behavior."""
    given = {
        "repeat_patterns": None if body.patterns is None else "\n".join(body.patterns),
        "timezone": body.timezone,
        "catch_up": body.catch_up,
        "priority": body.priority,
        "deadline": body.deadline,
    }
    params = {key: value for key, value in given.items() if value is not None}
    view = await get_app().change_schedule(
        caller(request, "write"), behavior_id, params=params, is_paused=body.paused
    )
    return shape(view)


def shape(view: ScheduleView) -> dict[str, Any]:
    """A schedule as JSON; times in RFC 3339, UTC."""
    schedule = view.schedule
    return {
        "behavior_id": schedule.behavior_id,
        "title": schedule.title,
        "bot_id": schedule.bot_id,
        "bot": schedule.bot,
        "patterns": list(view.patterns),
        "told": list(view.told),
        "timezone": view.timezone,
        "catch_up": view.catch_up,
        "priority": view.priority,
        "deadline": view.deadline or None,
        "paused": schedule.is_paused,
        "enabled": schedule.is_enabled,
        "next": [timestamp(each) for each in view.next],
        "last_due": timestamp(schedule.last_due),
        "last_fired_at": timestamp(schedule.fired_at),
        "last_run": schedule.last_run_id or None,
        "note": view.fault or schedule.note or None,
        "url": f"/behaviors/{schedule.behavior_id}",
    }
