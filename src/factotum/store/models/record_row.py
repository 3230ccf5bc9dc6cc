"""What every table of records has."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from factotum.store.models.json_text import JsonText


class RecordRow(models.Model):
    """``extra`` holds what any record may carry: ``links`` and ``custom_<id>`` values."""

    id: models.BigAutoField[int, int]
    extra = JsonText()
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class OwnedRow(RecordRow):
    """A row that is somebody's: ``owner_context`` is a record type's key, ``app`` or ``worker``."""

    owner_context = models.TextField(default="app")
    owner_id = models.BigIntegerField(default=0)

    class Meta(RecordRow.Meta):
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner_context", "owner_id"], name="%(class)s_owner")
        ]
