"""Custom behavior on a record of any type: ``event.macro.task`` reads it as ``task_…``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.record_names import find
from factotum.bots.triggers.trigger import MACRO, Trigger
from factotum.records.record_type import RecordType


class RecordMacro(Trigger):
    """The trigger of one record type. ``payload["id"]`` is the record's."""

    key = f"{MACRO}*"

    def __init__(self, record_type: type[RecordType]) -> None:
        self.record_type = record_type
        self.label = f"Custom behavior on {record_type.label.lower()}"
        self.placeholders = (f"{record_type.key}_id",)

    def values(self, payload: Mapping[str, Any], _behavior: Behavior, /) -> dict[str, Any]:
        """The record, its fields loaded when they are read."""
        prefix = self.record_type.key
        return {
            f"{prefix}__context": self.record_type.full_id,
            f"{prefix}_id": payload.get("id") or 0,
        }


def of_type(name: str) -> RecordMacro | None:
    """The trigger for a record type's name, or None where there is no such type."""
    record_type = find(name)
    return RecordMacro(record_type) if record_type is not None else None
