"""A file that somebody gave; its bytes are kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factotum.core.fields import Fields, Number, Text
from factotum.records.ownership import OWNER_ID, OWNER_TYPE
from factotum.records.record_type import RecordType, record_types


@record_types.add("attachment")
class Attachment(RecordType):
    """``size`` is in bytes, ``sha256`` in hex; both are of the bytes that the store keeps."""

    key: ClassVar[str] = "attachment"
    full_id: ClassVar[str] = "cerberusweb.contexts.attachment"
    label: ClassVar[str] = "File"
    plural: ClassVar[str] = "Files"
    aliases: ClassVar[tuple[str, ...]] = ("attachments", "file", "files")
    has_owner: ClassVar[bool] = True
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name", required=True),
        Text(key="mime_type", label="Type", default="application/octet-stream"),
        Number(key="size", label="Size"),
        Text(key="sha256", label="SHA-256"),
        OWNER_TYPE,
        OWNER_ID,
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "name",
        "type": "mime_type",
        "size": "size",
    }
