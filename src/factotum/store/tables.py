"""Where the records of a type are: a table of their own, or the shared one.

A table gives rows, turns a row into a ``Record`` and values into columns, and names the column (or
the expression) that a field is searched and sorted by.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from factotum.core.fields import Field
from factotum.core.values import Record
from factotum.records.record_type import RecordType, record_types
from factotum.records.values import is_extra, open_fields, stored_value
from factotum.store.models import (
    Behavior,
    Bot,
    ConnectedAccount,
    ConnectedService,
    OtherRecord,
    WebhookListener,
    Worker,
)

OWN: dict[str, type[models.Model]] = {
    "connected_service": ConnectedService,
    "connected_account": ConnectedAccount,
    "bot": Bot,
    "behavior": Behavior,
    "webhook_listener": WebhookListener,
    "worker": Worker,
}
"""Types with a table of their own; every other one shares ``OtherRecord``."""

BOOKKEEPING = ("id", "created_at", "updated_at")


class Table(ABC):
    """Both kinds of table."""

    def __init__(self, record_type: type[RecordType]) -> None:
        self.type = record_type
        self.fields = open_fields(record_type)

    @abstractmethod
    def rows(self) -> models.QuerySet[Any]:
        """Every row of this type."""

    @abstractmethod
    def new(self) -> Any:
        """A row that is not saved yet."""

    @abstractmethod
    def values(self, row: Any) -> dict[str, Any]:
        """The row's values under the keys of the file format."""

    @abstractmethod
    def put(self, row: Any, values: Mapping[str, Any]) -> None:
        """Set a row's columns from all of a record's values."""

    @abstractmethod
    def column(self, key: str) -> Combinable:
        """What a field is searched and sorted by: never NULL."""

    def record(self, row: Any) -> Record:
        """The row as a plain value."""
        values = self.values(row)
        label = self.type.label_of(values)
        return Record(self.type.key, row.pk, values, label, row.created_at, row.updated_at)

    def undeclared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values that no field declares."""
        return {key: value for key, value in values.items() if is_extra(key)}


class OwnTable(Table):
    """A column a field; ``owner__context`` is the column ``owner_context``."""

    def __init__(self, record_type: type[RecordType]) -> None:
        super().__init__(record_type)
        self.model = OWN[record_type.key]

    def rows(self) -> models.QuerySet[Any]:
        """Every row."""
        return self.model._default_manager.all()

    def new(self) -> Any:
        """A row that is not saved yet."""
        return self.model()

    def values(self, row: Any) -> dict[str, Any]:
        """A missing link is 0."""
        found = {field.key: getattr(row, _column(field.key)) for field in self.fields}
        for field in self.fields:
            if field.kind == "link":
                found[field.key] = found[field.key] or 0
        return {**found, **row.extra}

    def put(self, row: Any, values: Mapping[str, Any]) -> None:
        """Links are foreign keys here, so 0 becomes NULL."""
        for field in self.fields:
            value = values[field.key]
            setattr(row, _column(field.key), (value or None) if field.kind == "link" else value)
        row.extra = self.undeclared(values)

    def column(self, key: str) -> Combinable:
        """A plain column, so that its index serves."""
        if key in self.type.fields and self.type.fields[key].kind == "link":
            return Coalesce(F(key), 0, output_field=models.BigIntegerField())
        return F(_column(key))


class SharedTable(Table):
    """Fields are keys of one JSON column; structured ones are kept as text beside it."""

    def rows(self) -> models.QuerySet[Any]:
        """Every row of this type."""
        return OtherRecord.objects.filter(type=self.type.key)

    def new(self) -> OtherRecord:
        """A row that is not saved yet."""
        return OtherRecord(type=self.type.key)

    def values(self, row: OtherRecord) -> dict[str, Any]:
        """A field declared after the row was written has its default."""
        found: dict[str, Any] = {}
        for field in self.fields:
            kept = row.documents if field.kind == "json" else row.values
            found[field.key] = (
                kept[field.key] if field.key in kept else stored_value(field, field.default)
            )
        return {**found, **row.extra}

    def put(self, row: OtherRecord, values: Mapping[str, Any]) -> None:
        """The label and the owner have columns, for lists."""
        documents = {field.key for field in self.fields if field.kind == "json"}
        row.documents = {key: values[key] for key in documents}
        row.values = {field.key: values[field.key] for field in self.fields if field.kind != "json"}
        row.extra = self.undeclared(values)
        row.label = self.type.label_of(values)[:255]
        if self.type.has_owner:
            row.owner_context = values["owner__context"]
            row.owner_id = values["owner_id"]

    def column(self, key: str) -> Combinable:
        """The value in the JSON column, as its kind compares."""
        if key in BOOKKEEPING:
            return F(key)
        field = self.type.fields[key]
        kept = Cast(KeyTextTransform(key, "values"), _output(field))
        default = stored_value(field, field.default)
        return Coalesce(kept, models.Value(default, output_field=_output(field)))


def table_of(type: str) -> Table:
    """The table of a record type; KeyError for a type that does not exist."""
    record_type = record_types[type]
    return OwnTable(record_type) if type in OWN else SharedTable(record_type)


def _column(key: str) -> str:
    return key.replace("__", "_")


def _output(field: Field) -> models.Field[Any, Any]:
    match field.kind:
        case "number" | "link" | "moment":
            return models.BigIntegerField()
        case "flag":
            return models.BooleanField()
    return models.TextField()
