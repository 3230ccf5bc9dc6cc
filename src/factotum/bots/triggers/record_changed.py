"""A record was made or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from factotum.bots.behavior import Behavior
from factotum.bots.record_names import find, not_kept, type_of
from factotum.bots.triggers.trigger import Trigger, triggers
from factotum.core.fields import Fields, Text
from factotum.records.record_type import RecordType


@triggers.add("event.record.changed")
class RecordChanged(Trigger):
    """Payload: ``context``, ``id``, ``is_new``, ``actor__context``, ``actor_id``, ``was``.

    ``was`` holds the fields before. Scripts read the record as ``record_…`` and what it was as
    ``was_record_…``; packages of the 9.1 era say ``task_…`` and ``old_task_…``.
    """

    key = "event.record.changed"
    label = "Record changed"
    fields: ClassVar[Fields] = Fields(Text(key="context", label="Record type", required=True))
    placeholders = ("record_id", "was_record", "is_new", "actor_id")

    def values(self, payload: Mapping[str, Any], behavior: Behavior, /) -> dict[str, Any]:
        """The record as it is and as it was."""
        context = str(payload.get("context") or behavior.event.params.get("context") or "")
        found = find(context)
        was = payload.get("was")
        before = was if isinstance(was, Mapping) else {}
        older = _by_type(found, payload.get("id") or 0, before) if found is not None else {}
        return older | {
            "record__context": found.full_id if found is not None else context,
            "record__type": type_of(context),
            "record_id": payload.get("id") or 0,
            "is_new": int(bool(payload.get("is_new"))),
            "actor__context": payload.get("actor__context") or "",
            "actor_id": payload.get("actor_id") or 0,
            "was_record": dict(before),
            **{f"was_record_{key}": value for key, value in before.items()},
        }

    def names(self, params: Mapping[str, Any]) -> Sequence[str] | None:
        """Those of the record type that the behavior waits for."""
        found = find(str(params.get("context") or ""))
        if found is None:
            return None
        return (*self.placeholders, f"{found.key}_id", f"old_{found.key}_id")

    def faults(self, params: Mapping[str, Any]) -> dict[str, str]:
        """Also where records of that type are not kept here."""
        context = str(params.get("context") or "")
        if sentence := not_kept(context):
            return {"context": f"{sentence} The behavior will not run."}
        return super().faults(params)


def _by_type(record_type: type[RecordType], id: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """``task_…`` and ``old_task_…``; a new record was nothing before."""
    key = record_type.key
    old = {f"old_{key}_{field.key}": before.get(field.key, "") for field in record_type.fields}
    return {f"{key}__context": record_type.full_id, f"{key}_id": id} | old
