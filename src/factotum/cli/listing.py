"""``factotum services|accounts|bots|behaviors|webhooks [list|show ID]``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from factotum.cli.session import ACTOR, ask, json_option, named_record, show_json
from factotum.core.values import Record

if TYPE_CHECKING:
    from factotum.usecases.app import App

FAMILIES = {
    "services": ("connected_service", ("extension_id",)),
    "accounts": ("connected_account", ("linked_as", "health")),
    "bots": ("bot", ("owner__context",)),
    "behaviors": ("behavior", ("event_key",)),
    "webhooks": ("webhook_listener", ("guid",)),
}
"""Command → record type and the columns shown beside id and label."""

HEALTH = {"": "not linked", "ready": "has its keys", "ok": "linked", "relink": "link again"}
"""An account's state where people read it: the pages' words."""

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
        beside = "  ".join(filter(None, (_told(record, column) for column in columns)))
        click.echo(f"{record.id:>6}  {record.label}  {beside}".rstrip())


def _told(record: Record, column: str) -> str:
    text = str(record.get(column) or "")
    return HEALTH.get(text, text) if column == "health" else text


def _as_json(record: Record) -> dict[str, Any]:
    return {"id": record.id, "label": record.label, **record.values}


def _show(values: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(values)
        return
    for key, value in values.items():
        if value not in (None, "", [], {}):
            click.echo(f"{key}: {value}")


COMMANDS = tuple(_family(name, *shape) for name, shape in FAMILIES.items())
