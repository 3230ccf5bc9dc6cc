"""A remark on another record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factotum.core.fields import Fields, Flag, LongText, Number, Text
from factotum.records.record_type import RecordType, record_types


@record_types.add("comment")
class Comment(RecordType):
    """``target__context`` and ``target_id`` say on what, ``author__context`` and ``author_id`` who."""

    key: ClassVar[str] = "comment"
    full_id: ClassVar[str] = "cerberusweb.contexts.comment"
    label: ClassVar[str] = "Comment"
    plural: ClassVar[str] = "Comments"
    aliases: ClassVar[tuple[str, ...]] = ("comments",)
    label_field: ClassVar[str] = "comment"
    fields: ClassVar[Fields] = Fields(
        LongText(key="comment", label="Comment", required=True),
        Text(key="target__context", label="On type", required=True),
        Number(key="target_id", label="On record", required=True),
        Text(key="author__context", label="Author's type", default="app"),
        Number(key="author_id", label="Author"),
        Flag(key="is_markdown", label="Markdown"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "comment": "comment",
        "on": "target__context",
        "on.id": "target_id",
        "author.id": "author_id",
    }
