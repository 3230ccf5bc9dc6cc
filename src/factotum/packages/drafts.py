"""From the sections of a document to records to be, templates still unfilled."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factotum.core.errors import Fault
from factotum.packages import cerb_names
from factotum.packages.decoding import join
from factotum.packages.document import Document
from factotum.packages.entry import Entry
from factotum.packages.repairs import Repair, UidRef, with_own_behaviors
from factotum.packages.spelling import closest, did_you_mean
from factotum.records.not_kept import RECORD_TYPES, known_record_type
from factotum.records.record_type import RecordType, named, record_types
from factotum.records.values import is_extra

_OF_THE_FORMAT = ("uid", "_context", "_exclude")
_NOT_TO_MAKE = ("app", "package", "custom")
_CUSTOM_FIELD = re.compile(r"custom_\{\{\{[^{}]*\}\}\}\Z")

_WITHOUT_OWNER = ("attachment",)  # the format's have none, ours belong to somebody

CUSTOM_RECORD = "custom_record"
"""The type of records that declare a record type; its name is their ``uri``."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be. ``places`` maps a value's key to its JSON path where the two differ."""

    type: type[RecordType]
    uid: str
    path: str
    values: Mapping[str, Any]
    places: Mapping[str, str] = field(default_factory=dict)

    def place(self, key: str) -> str:
        """The JSON path that a value came from."""
        return self.places.get(key) or join(self.path, key)


@dataclass(slots=True)
class Drafts:
    """All records of a document, with what there is to say about them."""

    made: list[Draft] = field(default_factory=list)
    nodes: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def drafts_of(document: Document, entries: Sequence[Entry], custom: Collection[str] = ()) -> Drafts:
    """The records that these entries of the document become.

    ``custom`` are the names of record types that earlier packages declared.
    """
    drafts = Drafts()
    wanted = {entry.path for entry in entries}
    declared = {*custom, *declared_types(document)}
    for entry in document.records:
        if entry.path in wanted:
            _add_record(entry, drafts, declared)
    for entry in document.bots:
        if entry.path in wanted:
            drafts.made.append(_bot(entry))
    for entry in document.behaviors:
        if entry.path in wanted:
            drafts.made.append(_behavior(entry, document, drafts.repairs))
    drafts.nodes = [entry for entry in document.behavior_nodes if entry.path in wanted]
    drafts.made += [
        _kept_draft(entry, entry.kind) for entry in document.in_sections if entry.path in wanted
    ]
    return drafts


def declared_types(document: Document) -> frozenset[str]:
    """The names of the record types that the package itself declares."""
    declaring = (e.values for e in document.records if e.values.get("_context") == CUSTOM_RECORD)
    return frozenset(str(values["uri"]) for values in declaring if values.get("uri"))


def _add_record(entry: Entry, drafts: Drafts, declared: Collection[str]) -> None:
    context = str(entry.values["_context"])
    record_type = named(context)
    kind = known_record_type(context) or (context if context in declared else "")
    if record_type is not None and record_type.key in _NOT_TO_MAKE:
        sentence = f"A package cannot make a record of the type {record_type.key!r}."
        drafts.faults.append(
            Fault(
                "wrong-record-type",
                join(entry.path, "_context"),
                sentence,
                "Leave it out.",
                entry.uid,
            )
        )
    elif record_type is not None:
        drafts.made.append(_record(entry, record_type, drafts))
    elif kind:
        drafts.made.append(_kept_record(entry, kind, drafts))
    else:
        sentence = f"There is no record type {context!r}."
        hint = did_you_mean(context, (*record_types, *declared, *RECORD_TYPES))
        drafts.faults.append(
            Fault(
                "unknown-record-type",
                join(entry.path, "_context"),
                sentence,
                hint or "Use a type such as 'connected_account'.",
                entry.uid,
            )
        )


def _record(entry: Entry, record_type: type[RecordType], drafts: Drafts) -> Draft:
    values: dict[str, Any] = {}
    for key, value in entry.values.items():
        if key in _OF_THE_FORMAT or (key in cerb_names.FIELDS and key not in record_type.fields):
            continue
        if key in record_type.fields or is_extra(key) or _CUSTOM_FIELD.match(key):
            values[key] = value
        else:
            _note_unknown_key(entry, key, record_type, drafts)
    if record_type.key in _WITHOUT_OWNER:
        values.setdefault("owner__context", "app")
    return Draft(record_type, entry.uid, entry.path, values)


def _note_unknown_key(
    entry: Entry, key: str, record_type: type[RecordType], drafts: Drafts
) -> None:
    path = join(entry.path, key)
    absent = [declared.key for declared in record_type.fields if declared.key not in entry.values]
    near = closest(key, absent)
    label = record_type.label.lower()
    if near:
        sentence = f"A {label} has no field {key!r}."
        drafts.faults.append(
            Fault("unknown-key", path, sentence, f"Did you mean {near!r}?", entry.uid)
        )
    else:
        drafts.warnings.append(f"{path}: a {label} has no field {key!r} here; kept as data only.")


def _kept_record(entry: Entry, kind: str, drafts: Drafts) -> Draft:
    drafts.warnings.append(
        f"{join(entry.path, '_context')}: records of the type {kind!r} are not available yet; "
        f"{entry.uid!r} is kept as data."
    )
    return _kept_draft(entry, kind)


def _kept_draft(entry: Entry, kind: str) -> Draft:
    document = {key: value for key, value in entry.values.items() if key not in _OF_THE_FORMAT}
    name = document.get("name") or document.get("title") or document.get("label") or entry.uid
    return Draft(
        record_types["custom"],
        entry.uid,
        entry.path,
        {"name": name, "kind": kind, "document": document},
        {"document": entry.path},
    )


def _bot(entry: Entry) -> Draft:
    owner = entry.values.get("owner") or {}
    params = entry.values.get("params") or {}
    values = {
        "name": entry.values["name"],
        "owner__context": owner.get("context"),
        "owner_id": owner.get("id", 0),
        "is_disabled": entry.values.get("is_disabled", False),
        "config": params.get("config") or {},
        "events": _rule(params.get("events")),
        "actions": _rule(params.get("actions")),
        "image": entry.values.get("image") or "",
    }
    if entry.values.get("uri"):
        values["uri"] = entry.values["uri"]
    places = {
        "owner__context": f"{entry.path}.owner.context",
        "owner_id": f"{entry.path}.owner.id",
        "config": f"{entry.path}.params.config",
        "events": f"{entry.path}.params.events",
        "actions": f"{entry.path}.params.actions",
    }
    return Draft(record_types["bot"], entry.uid, entry.path, values, places)


def _rule(given: Any) -> dict[str, Any]:
    rule = given if isinstance(given, Mapping) else {}
    return {"mode": rule.get("mode") or "all", "items": rule.get("items") or []}


def _behavior(entry: Entry, document: Document, repairs: list[Repair]) -> Draft:
    event = entry.values.get("event") or {}
    siblings = frozenset(
        each.uid for each in document.behaviors if entry.inside and each.inside == entry.inside
    )
    nodes_path = f"{entry.path}.nodes"
    values: dict[str, Any] = {
        "bot_id": UidRef(entry.inside) if entry.inside else entry.values.get("bot_id"),
        "title": entry.values["title"],
        "event_key": event.get("key"),
        "event_label": event.get("label") or "",
        "event_params": event.get("params") or {},
        "variables": entry.values.get("variables") or {},
        "nodes": with_own_behaviors(entry.values.get("nodes") or [], nodes_path, siblings, repairs),
        "is_disabled": entry.values.get("is_disabled", False),
        "is_private": entry.values.get("is_private", False),
        "priority": entry.values.get("priority", 50),
    }
    if entry.values.get("uri"):
        values["uri"] = entry.values["uri"]
    places = {f"event_{key}": f"{entry.path}.event.{key}" for key in ("key", "label", "params")}
    return Draft(record_types["behavior"], entry.uid, entry.path, values, places)
