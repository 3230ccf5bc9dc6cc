"""Performs ``LoadRecord``, ``FindRecords`` and ``ChangeRecord`` with the rights of the bot's owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from factotum.bots.effects import ChangeRecord, FindRecords, LoadRecord
from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.fields import Link
from factotum.core.ports import Store, Threads
from factotum.core.values import Actor, Record, Ref
from factotum.records import ownership
from factotum.records.query import parse
from factotum.records.record_type import RecordType, named
from factotum.runs.context import RunContext
from factotum.runs.once import Once

MOST = 500  # records one search hands to a script

CHANGEABLE = frozenset({"task", "comment", "contact", "org", "custom"})
"""What bots may write: their own data, never accounts, bots, people or keys."""


class RecordEffects:
    """Records as bots see and change them."""

    def __init__(self, store: Store, threads: Threads, once: Once) -> None:
        self._store = store
        self._threads = threads
        self._once = once

    async def load(self, effect: LoadRecord, context: RunContext) -> dict[str, Any]:
        """The record's placeholders, {} where there is none this bot may see."""
        record_type = named(effect.ref.type)
        if record_type is None:
            return {}
        ref = Ref(record_type.key, effect.ref.id)
        return await self._threads.run(self._load, ref, context.actor)

    def _load(self, ref: Ref, actor: Actor) -> dict[str, Any]:
        record = self._store.get(ref)
        if record is None or not ownership.may_look(actor, record, self._store.get):
            return {}
        return placeholders(record, self._store.get)

    async def find(self, effect: FindRecords, context: RunContext) -> dict[int, dict[str, Any]]:
        """Id → placeholders of what the search finds, at most 500."""
        record_type = _known(effect.type)
        return await self._threads.run(self._find, record_type, effect.query, context.actor)

    def _find(
        self, record_type: type[RecordType], text: str, actor: Actor
    ) -> dict[int, dict[str, Any]]:
        query = parse(record_type, text, limit=MOST, owners=visible(record_type, actor))
        found = self._store.find(record_type.key, query)
        return {record.id: placeholders(record, self._store.get) for record in found.records}

    async def change(self, effect: ChangeRecord, context: RunContext) -> dict[str, Any]:
        """The record's placeholders after it; BadInput or Refused where it cannot be done."""
        record_type = _known(effect.type)
        if record_type.key not in CHANGEABLE:
            raise Refused(
                f"A bot may not change records of type {record_type.label}.",
                code="not-changeable",
            )
        _check(record_type, effect)
        if context.simulate and not effect.run_in_simulator:
            values = {**effect.values, "id": effect.id or 0}
            return placeholders(Record(record_type.key, effect.id or 0, values), self._store.get)
        changed: dict[str, Any] = await self._once.change(
            effect.path, context, lambda: self._change(record_type, effect, context.actor)
        )
        return changed

    def _change(
        self, record_type: type[RecordType], effect: ChangeRecord, actor: Actor
    ) -> dict[str, Any]:
        with self._store.atomic():
            record = self._target(record_type, effect, actor)
            if effect.verb == "delete":
                if record is not None:
                    self._store.delete(record.ref)
                return {}
            if record is None:
                record = self._store.create(record_type.key, effect.values)
            else:
                record = self._store.update(record.ref, effect.values)
            return placeholders(record, self._store.get)

    def _target(
        self, record_type: type[RecordType], effect: ChangeRecord, actor: Actor
    ) -> Record | None:
        """What is to be changed; None for something new."""
        if effect.verb == "create":
            return None
        if effect.verb == "upsert":
            query = parse(record_type, effect.query, limit=2, owners=visible(record_type, actor))
            found = self._store.find(record_type.key, query).records
            if len(found) > 1:
                raise BadInput(f"{effect.query!r} finds more than one {record_type.label}.")
            return found[0] if found else None
        record = self._store.get(Ref(record_type.key, effect.id or 0))
        if record is None or not ownership.may_edit(actor, record):
            raise NotFound(f"There is no {record_type.label} {effect.id} this bot may change.")
        return record


def visible(record_type: type[RecordType], actor: Actor) -> Any:
    """The owners whose records of this type an actor may see; None for all."""
    return ownership.visible_in(record_type, actor)


def placeholders(record: Record, load: Callable[[Ref], Record | None]) -> dict[str, Any]:
    """A record as scripts read it: ``id``, ``_context``, ``_label`` and every value.

    A link ``service_id`` adds ``service__context`` and ``service__label``, so that the rest of that
    record (``service_name``) can be loaded when a script reads it.
    """
    record_type = named(record.type)
    context = record_type.full_id if record_type else record.type
    values: dict[str, Any] = dict(record.values)
    values |= {"id": record.id, "_context": context, "_label": record.label}
    if record_type is None:
        return values
    for field in record_type.fields:
        if isinstance(field, Link) and field.key.endswith("_id"):
            values.update(_linked(field, record.values, load))
    if record.type == "worker":
        values["address_address"] = record.get("email")
    return values


def _linked(
    field: Link, values: Mapping[str, Any], load: Callable[[Ref], Record | None]
) -> dict[str, Any]:
    prefix = field.key.removesuffix("_id")
    target = named(field.to)
    linked = load(Ref(field.to, int(values.get(field.key) or 0))) if values.get(field.key) else None
    return {
        f"{prefix}__context": target.full_id if target else field.to,
        f"{prefix}__label": linked.label if linked else "",
    }


def _known(name: str) -> type[RecordType]:
    record_type = named(name)
    if record_type is None:
        raise BadInput(f"There is no record type {name!r}.", code="unknown-record-type")
    return record_type


def _check(record_type: type[RecordType], effect: ChangeRecord) -> None:
    if effect.verb == "delete":
        return
    faults = record_type.faults(effect.values)
    if effect.verb == "update":
        faults = {key: text for key, text in faults.items() if key in effect.values}
    if faults:
        raise BadInput(" ".join(faults.values()), fields=faults)
