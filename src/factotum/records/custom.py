"""A record of a type that has no declaration of its own here, kept as it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factotum.core.fields import Fields, Json, Text
from factotum.records.record_type import RecordType, record_types


@record_types.add("custom")
class Custom(RecordType):
    """``kind`` is the type's own name, such as ``ticket``; ``document`` holds all its values."""

    key: ClassVar[str] = "custom"
    full_id: ClassVar[str] = "factotum.contexts.custom"
    label: ClassVar[str] = "Other record"
    plural: ClassVar[str] = "Other records"
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name"),
        Text(key="kind", label="Type", required=True),
        Json(key="document", label="Values"),
    )
    words: ClassVar[Mapping[str, str]] = {"id": "id", "name": "name", "type": "kind"}
