"""A record was made or changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from factotum.bots.behavior import Behavior
from factotum.bots.record_names import find, type_of
from factotum.bots.triggers.trigger import Trigger, triggers
from factotum.core.fields import Fields, Text


@triggers.add("event.record.changed")
class RecordChanged(Trigger):
    """Payload: ``context``, ``id``, ``is_new``, ``actor__context``, ``actor_id``, ``was``.

    ``was`` holds the fields before. Scripts read the record as ``record_…`` and what it was as
    ``was_record_…``.
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
        return {
            "record__context": found.full_id if found is not None else context,
            "record__type": type_of(context),
            "record_id": payload.get("id") or 0,
            "is_new": int(bool(payload.get("is_new"))),
            "actor__context": payload.get("actor__context") or "",
            "actor_id": payload.get("actor_id") or 0,
            "was_record": dict(before),
            **{f"was_record_{key}": value for key, value in before.items()},
        }
