"""A behavior: an event and the tree of nodes that it walks. Each change of them is a new revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factotum.core.fields import Fields, Flag, Json, Link, Number, Text
from factotum.records.record_type import RecordType, record_types

REVISED = ("event_key", "event_label", "event_params", "variables", "nodes")
"""The fields whose change makes a new revision."""


@record_types.add("behavior")
class Behavior(RecordType):
    """``variables`` maps name → declaration and ``nodes`` is a list, both as in the file format.

    ``revision`` counts from 1 and is set by the store; ``priority`` sorts, lowest first.
    """

    key: ClassVar[str] = "behavior"
    full_id: ClassVar[str] = "cerberusweb.contexts.behavior"
    label: ClassVar[str] = "Behavior"
    plural: ClassVar[str] = "Behaviors"
    aliases: ClassVar[tuple[str, ...]] = ("behaviors",)
    label_field: ClassVar[str] = "title"
    part_of: ClassVar[str] = "bot_id"
    inside: ClassVar[Mapping[str, frozenset[str]]] = {
        "nodes": frozenset({"type", "title", "status", "action", "condition", "any"})
    }
    fields: ClassVar[Fields] = Fields(
        Link(key="bot_id", label="Bot", required=True, to="bot"),
        Text(key="title", label="Title", required=True),
        Text(key="uri", label="URI", help="A short name for scripts and the command line."),
        Text(key="event_key", label="Event", required=True),
        Text(key="event_label", label="Event's label"),
        Json(key="event_params", label="Event's parameters"),
        Json(key="variables", label="Variables"),
        Json(key="nodes", label="Nodes", default=[]),
        Flag(key="is_disabled", label="Disabled"),
        Flag(key="is_private", label="Private"),
        Number(key="priority", label="Priority", default=50),
        Number(key="revision", label="Revision"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "title",
        "title": "title",
        "uri": "uri",
        "bot.id": "bot_id",
        "event": "event_key",
        "isDisabled": "is_disabled",
        "isPrivate": "is_private",
        "priority": "priority",
    }
