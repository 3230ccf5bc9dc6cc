"""A package that was imported, kept as it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factotum.core.fields import Fields, Json, Number, Text
from factotum.records.record_type import RecordType, record_types


@record_types.add("package")
class Package(RecordType):
    """``document`` is the original JSON, so that what we cannot use yet is exported again."""

    key: ClassVar[str] = "package"
    full_id: ClassVar[str] = "factotum.contexts.package"
    label: ClassVar[str] = "Package"
    plural: ClassVar[str] = "Packages"
    aliases: ClassVar[tuple[str, ...]] = ("packages",)
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name", required=True),
        Number(key="revision", label="Revision"),
        Json(key="document", label="Document"),
    )
    words: ClassVar[Mapping[str, str]] = {"id": "id", "name": "name", "revision": "revision"}
