"""A role of workers."""

from __future__ import annotations

from typing import ClassVar

from factotum.core.fields import Fields, Text
from factotum.records.record_type import RecordType, record_types


@record_types.add("role")
class Role(RecordType):
    """So far a name that packages may point at."""

    key: ClassVar[str] = "role"
    full_id: ClassVar[str] = "cerberusweb.contexts.role"
    label: ClassVar[str] = "Role"
    plural: ClassVar[str] = "Roles"
    aliases: ClassVar[tuple[str, ...]] = ("roles",)
    fields: ClassVar[Fields] = Fields(Text(key="name", label="Name", required=True))
