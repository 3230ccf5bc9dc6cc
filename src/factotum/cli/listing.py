"""``factotum services|accounts|bots|behaviors|runs [list|show ID]``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from factotum.cli.session import ACTOR, ask, json_option, named_record, show_json
from factotum.core.values import Record

if TYPE_CHECKING:
    from factotum.runs.ports import Run
    from factotum.usecases.app import App
    from factotum.usecases.run_view import RunView

FAMILIES = {
    "services": ("connected_service", ("extension_id",)),
    "accounts": ("connected_account", ("linked_as", "health")),
    "bots": ("bot", ("owner__context",)),
    "behaviors": ("behavior", ("event_key",)),
    "webhooks": ("webhook_listener", ("guid",)),
}
"""Command → record type and the columns shown beside id and label."""

MOST = 200  # records listed at once


def _family(name: str, type: str, columns: tuple[str, ...]) -> click.Group:
    @click.group(name, invoke_without_command=True, help=f"List or show {name}.")
    @json_option
    @click.pass_context
    def group(context: click.Context, as_json: bool) -> None:
        context.obj = as_json
        if context.invoked_subcommand is None:
            context.invoke(many, query="", as_json=as_json)

    @group.command(
        "list", help=f"List {name}; QUERY has the pages' search words, e.g. name:twitter."
    )
    @click.argument("query", default="")
    @json_option
    @click.pass_obj
    def many(for_all: bool, query: str, as_json: bool) -> None:
        found = ask(lambda app: app.find(ACTOR, type, query, limit=MOST))
        if as_json or for_all:
            show_json([_as_json(record) for record in found.records])
        else:
            _lines(found.records, columns)
        if found.cursor:
            click.echo(f"These are {MOST} of {found.total}; a QUERY narrows them.", err=True)

    @group.command("show", help="Show one, by id, uri or unique name.")
    @click.argument("record")
    @json_option
    @click.pass_obj
    def one(for_all: bool, record: str, as_json: bool) -> None:
        async def work(app: App) -> Record:
            return await named_record(app, type, record)

        _show(_as_json(ask(work)), as_json=as_json or for_all)

    return group


def _lines(records: Sequence[Record], columns: tuple[str, ...]) -> None:
    for record in records:
        beside = "  ".join(str(record.get(column) or "") for column in columns)
        click.echo(f"{record.id:>6}  {record.label}  {beside}".rstrip())


def _as_json(record: Record) -> dict[str, Any]:
    return {"id": record.id, "label": record.label, **record.values}


def _show(values: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(values)
        return
    for key, value in values.items():
        if value not in (None, "", [], {}):
            click.echo(f"{key}: {value}")


@click.group("runs", invoke_without_command=True)
@json_option
@click.pass_context
def runs(context: click.Context, as_json: bool) -> None:
    """List or show runs."""
    context.obj = as_json
    if context.invoked_subcommand is None:
        context.invoke(list_runs, limit=50, after="", as_json=as_json)


@runs.command("list")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", default="", metavar="ID", help="Go on after this run.")
@json_option
@click.pass_obj
def list_runs(for_all: bool, limit: int, after: str, as_json: bool) -> None:
    """List runs, newest first."""
    found = ask(lambda app: app.runs(ACTOR, limit=limit, after=after))
    if as_json or for_all:
        show_json([_run_line(run) for run in found.runs])
        return
    for run in found.runs:
        at = datetime.fromtimestamp(run.started_at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        click.echo(f"{run.id}  {at}  {run.status:<11}  {run.title}")
    if found.cursor:
        click.echo(f"There are older ones: --after {found.cursor}", err=True)


@runs.command("show")
@click.argument("run_id", metavar="ID")
@json_option
@click.pass_obj
def show_run(for_all: bool, run_id: str, as_json: bool) -> None:
    """Show one run with its steps."""
    view = ask(lambda app: app.run_view(ACTOR, run_id))
    if as_json or for_all:
        show_json(run_json(view))
    else:
        show_run_text(view)


def _run_line(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "status": run.status,
        "title": run.title,
        "trigger": run.trigger,
        "driver": run.driver,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "error": run.error or None,
    }


def run_json(view: RunView) -> dict[str, Any]:
    """A run with steps, effects and final placeholders."""
    return {
        **_run_line(view.run),
        "placeholders": dict(view.placeholders),
        "answer": dict(view.run.answer),
        "steps": [
            {"path": s.path, "kind": s.kind, "title": s.title, "status": s.status, "data": s.data}
            for s in view.steps
        ],
        "effects": [
            {"key": e.key, "state": e.state, "method": e.method, "url": e.url, "note": e.note}
            for e in view.effects
        ],
    }


def show_run_text(view: RunView) -> None:
    """A run as lines a person reads."""
    click.echo(f"Run {view.id}: {view.status}")
    for step in view.steps:
        answer = step.data.get("response") if step.kind == "http" else None
        code = f" → {answer['status']}" if answer else ""
        click.echo(f"  {step.status:<10}  {step.kind:<9}  {step.title}{code}")
    for effect in view.effects:
        click.echo(f"  effect {effect.state}: {effect.method} {effect.url} {effect.note}".rstrip())
    if view.error:
        click.echo(f"Failed: {view.error}", err=True)


COMMANDS = (*(_family(name, *shape) for name, shape in FAMILIES.items()), runs)
