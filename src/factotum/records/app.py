"""The product itself as an owner: what it owns is everyone's."""

from __future__ import annotations

from typing import ClassVar

from factotum.core.fields import Fields, Text
from factotum.core.values import Record
from factotum.records.record_type import RecordType, record_types


@record_types.add("app")
class App(RecordType):
    """There is exactly one, with id 0; it can be read and never changed."""

    key: ClassVar[str] = "app"
    full_id: ClassVar[str] = "cerberusweb.contexts.app"
    label: ClassVar[str] = "App"
    plural: ClassVar[str] = "Apps"
    aliases: ClassVar[tuple[str, ...]] = ("application",)
    fields: ClassVar[Fields] = Fields(Text(key="name", label="Name", required=True))


THE_APP = Record("app", 0, {"name": "Factotum"}, "Factotum")
