"""A team of workers."""

from __future__ import annotations

from typing import ClassVar

from factotum.core.fields import Fields, Text
from factotum.records.record_type import RecordType, record_types


@record_types.add("group")
class Group(RecordType):
    """So far a name that packages may point at."""

    key: ClassVar[str] = "group"
    full_id: ClassVar[str] = "cerberusweb.contexts.group"
    label: ClassVar[str] = "Group"
    plural: ClassVar[str] = "Groups"
    aliases: ClassVar[tuple[str, ...]] = ("groups",)
    fields: ClassVar[Fields] = Fields(Text(key="name", label="Name", required=True))
