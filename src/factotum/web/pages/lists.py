"""Lists of records: search words as in Cerb (``name:twitter``), sort, pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from factotum.core.errors import NotFound
from factotum.core.values import Record
from factotum.records.record_type import RecordType, named, record_types
from factotum.web.asking import actor_of, app, result

LIMIT = 50


class Column(NamedTuple):
    """One column: the field it shows, its heading and how it is drawn."""

    key: str
    label: str
    kind: str = "text"


COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "connected_account": (
        Column("service_id", "Service", "service"),
        Column("health", "Linked", "health"),
        Column("last_used_at", "Last used", "moment"),
    ),
    "connected_service": (
        Column("extension_id", "Type", "scheme"),
        Column("hosts", "Hosts", "list"),
    ),
    "bot": (Column("owner__context", "Owner", "owner"), Column("is_disabled", "State", "state")),
    "behavior": (
        Column("event_label", "Event"),
        Column("bot_id", "Bot", "bot"),
        Column("is_disabled", "State", "state"),
    ),
    "webhook_listener": (Column("guid", "Address", "webhook"),),
    "worker": (
        Column("name", "Signs in as"),
        Column("is_admin", "Role", "role"),
        Column("is_disabled", "State", "state"),
    ),
}
"""Record type → what its list shows beside the name."""

FIRST = ("connected_account", "connected_service", "bot", "behavior", "webhook_listener", "worker")

EMPTY: Mapping[str, tuple[str, str, str]] = {
    "connected_account": (
        "An account signs the requests of your bots. Import a service's package to get one.",
        "/setup/packages/library",
        "Pick a service",
    ),
    "connected_service": (
        "A service is where accounts live: X, GitHub, Slack and others.",
        "/setup/packages/library",
        "Pick a service",
    ),
    "bot": (
        "A bot does things for you with your accounts. Import one, or write a request of your own.",
        "/setup/packages/library",
        "Pick a bot",
    ),
    "behavior": (
        "A behavior is what a bot does, step by step.",
        "/behaviors/new",
        "Make a behavior",
    ),
    "webhook_listener": (
        "A webhook is an address that other services call to start a behavior.",
        "/cards/webhook_listener/new",
        "Make a webhook",
    ),
}
"""Record type → what an empty list says and where it leads."""


def types(request: HttpRequest) -> HttpResponseBase:
    """Every type of record, with how many there are; one word searches all of them."""
    actor, words = actor_of(request), request.GET.get("q", "").strip()
    shown = [record_types[key] for key in (*FIRST, *sorted(set(record_types) - {*FIRST, "app"}))]
    groups = []
    for kind in shown:
        page = result(app().find(actor, kind.key, words, limit=8 if words else 1))
        if page.total or not words:
            groups.append({"type": kind, "page": page})
    return render(request, "search.html", {"groups": groups, "words": words})


def found(request: HttpRequest, type: str) -> HttpResponseBase:
    """One type's list."""
    record_type = type_named(type)
    if record_type.key != type:
        return redirect(f"/search/{record_type.key}?{request.GET.urlencode()}")
    asked = {key: request.GET.get(key, "") for key in ("q", "sort", "after")}
    page = result(
        app().find(
            actor_of(request),
            type,
            asked["q"],
            sort=asked["sort"],
            after=asked["after"],
            limit=LIMIT,
        )
    )
    context = {
        "type": record_type,
        "page": page,
        "columns": [
            _head(column, asked) for column in (_name(record_type), *COLUMNS.get(type, ()))
        ],
        "rows": [(record, COLUMNS.get(type, ())) for record in page.records],
        "names": names_beside(request, page.records),
        "empty": EMPTY.get(type),
        "more": urlencode({**asked, "after": page.cursor}) if page.cursor else "",
        **asked,
    }
    return render(request, "list.html", context)


def type_named(name: str) -> type[RecordType]:
    """The record type under this name; NotFound says where the others are."""
    record_type = named(name)
    if record_type is None or record_type.key == "app":
        raise NotFound(f"There is no type of record called {name!r}. Search shows all there are.")
    return record_type


def names_beside(request: HttpRequest, records: Any) -> dict[str, dict[int, str]]:
    """The names of the services and bots that these records point to: ``{"service_id": {3: "X"}}``."""
    names: dict[str, dict[int, str]] = {}
    for key, other in (("service_id", "connected_service"), ("bot_id", "bot")):
        if any(record.get(key) for record in records):
            page = result(app().find(actor_of(request), other, "", limit=500))
            names[key] = {record.id: record.label for record in page.records}
    return names


def _name(record_type: type[RecordType]) -> Column:
    return Column(record_type.label_field, record_type.fields[record_type.label_field].label)


def _head(column: Column, asked: Mapping[str, str]) -> dict[str, Any]:
    """A heading that sorts: once up, once more down."""
    is_up, is_down = asked["sort"] == column.key, asked["sort"] == f"-{column.key}"
    turned = f"-{column.key}" if is_up else column.key
    direction = "ascending" if is_up else "descending" if is_down else ""
    query = urlencode({"q": asked["q"], "sort": turned})
    return {"label": column.label, "query": query, "direction": direction}


def label_of(record: Record) -> str:
    """What a record is called where it has no name."""
    return record.label or f"{record.type} {record.id}"
