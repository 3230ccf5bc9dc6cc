"""One table for every record type that has none of its own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from factotum.store.models.json_text import JsonText
from factotum.store.models.record_row import OwnedRow


class OtherRecord(OwnedRow):
    """``values`` are the searchable fields; ``documents`` the structured ones, as they came."""

    type = models.CharField(max_length=100)
    label = models.CharField(max_length=255, default="")
    values = models.JSONField(default=dict)
    documents = JsonText()

    class Meta(OwnedRow.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["type", "id"], name="other_record_type"),
            models.Index(fields=["type", "label", "id"], name="other_record_label"),
        ]


class FileContent(models.Model):
    """The bytes of an ``attachment`` record."""

    attachment_id = models.BigIntegerField(primary_key=True)
    content = models.BinaryField()


class Origin(models.Model):
    """Which record a uid of a package became. ``hash`` is SHA-256 over both names."""

    hash = models.BinaryField(max_length=32, unique=True)
    package = models.TextField()
    uid = models.TextField()
    type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["type", "record_id"], name="origin_record")
        ]
