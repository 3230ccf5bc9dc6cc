"""Something to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factotum.core.fields import Choice, Fields, Link, Moment, Number, Text
from factotum.records.record_type import RecordType, record_types


@record_types.add("task")
class Task(RecordType):
    """``owner_id`` is the worker who has it, 0 for nobody; ``importance`` runs from 0 to 100."""

    key: ClassVar[str] = "task"
    full_id: ClassVar[str] = "cerberusweb.contexts.task"
    label: ClassVar[str] = "Task"
    plural: ClassVar[str] = "Tasks"
    aliases: ClassVar[tuple[str, ...]] = ("tasks",)
    label_field: ClassVar[str] = "title"
    fields: ClassVar[Fields] = Fields(
        Text(key="title", label="Title", required=True),
        Choice(
            key="status",
            label="Status",
            default="open",
            options={"open": "Open", "waiting": "Waiting", "closed": "Closed"},
        ),
        Moment(key="due", label="Due"),
        Moment(key="reopen", label="Reopen"),
        Moment(key="completed", label="Completed"),
        Number(key="importance", label="Importance", default=50),
        Link(key="owner_id", label="Owner", to="worker"),
        Link(key="org_id", label="Organization", to="org"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "title": "title",
        "name": "title",
        "status": "status",
        "due": "due",
        "importance": "importance",
        "owner.id": "owner_id",
        "org.id": "org_id",
    }
