"""``factotum schedules``: when recurrent behaviors fire next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from factotum.cli.session import ACTOR, ask, json_option, show_json

if TYPE_CHECKING:
    from factotum.usecases.schedule_desk import ScheduleView


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def schedules(context: click.Context, as_json: bool) -> None:
    """List schedules, the next first."""
    context.obj = as_json
    if context.invoked_subcommand is None:
        context.invoke(list_schedules, limit=50, after="", as_json=as_json)


@schedules.command("list")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", default="", metavar="CURSOR", help="Go on after this page.")
@json_option
@click.pass_obj
def list_schedules(for_all: bool, limit: int, after: str, as_json: bool) -> None:
    """List schedules, the next first."""
    found = ask(lambda app: app.schedules(ACTOR, limit=limit, after=after))
    if as_json or for_all:
        show_json([_as_json(view) for view in found.views])
        return
    for view in found.views:
        one = view.schedule
        click.echo(f"{one.behavior_id:>6}  {_state(view):<20}  {one.title}  ({_fires(view)})")
    if found.cursor:
        click.echo(f"There are more: --after {found.cursor}", err=True)


def _state(view: ScheduleView) -> str:
    if view.next:
        return datetime.fromtimestamp(view.next[0], UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    if view.schedule.is_paused:
        return "paused"
    if not view.schedule.is_enabled:
        return "disabled"
    return "cannot be read" if view.fault else "never"


def _fires(view: ScheduleView) -> str:
    return "; ".join([*(view.told or view.patterns), view.timezone])


def _as_json(view: ScheduleView) -> dict[str, Any]:
    one = view.schedule
    return {
        "behavior_id": one.behavior_id,
        "title": one.title,
        "bot": one.bot,
        "patterns": list(view.patterns),
        "timezone": view.timezone,
        "catch_up": view.catch_up,
        "priority": view.priority,
        "deadline": view.deadline or None,
        "paused": one.is_paused,
        "enabled": one.is_enabled,
        "next": list(view.next),
        "last_due": one.last_due,
        "last_run": one.last_run_id or None,
        "note": view.fault or one.note or None,
    }


COMMANDS = (schedules,)
