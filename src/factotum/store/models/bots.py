"""Bots, their behaviors, every revision of those, and what starts them from outside."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from factotum.store.models.json_text import JsonText
from factotum.store.models.record_row import OwnedRow, RecordRow


class Bot(OwnedRow):
    """Columns as in ``records.bot``."""

    name = models.TextField()
    uri = models.TextField(default="")
    is_disabled = models.BooleanField(default=False)
    config = JsonText()
    events = JsonText()
    actions = JsonText()
    image = models.TextField(default="")


class Behavior(RecordRow):
    """Columns as in ``records.behavior``; ``revision`` is the number of the current one."""

    bot = models.ForeignKey(Bot, models.PROTECT, null=True)
    title = models.TextField()
    uri = models.TextField(default="")
    event_key = models.TextField(default="")
    event_label = models.TextField(default="")
    event_params = JsonText()
    variables = JsonText()
    nodes = JsonText(default=list)
    is_disabled = models.BooleanField(default=False)
    is_private = models.BooleanField(default=False)
    priority = models.BigIntegerField(default=50)
    revision = models.BigIntegerField(default=0)


class BehaviorRevision(models.Model):
    """What a behavior was: never changed once written. ``document`` holds the revised fields."""

    behavior = models.ForeignKey(Behavior, models.CASCADE, db_index=False)
    number = models.BigIntegerField()
    document = JsonText()
    created_at = models.DateTimeField()
    worker_id = models.BigIntegerField(null=True)
    by = models.TextField(default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["behavior", "number"], name="behavior_revision_number")
        ]

    def save(self, *args: Any, **options: Any) -> None:
        """Writes a new row; a written one is history."""
        if self.pk is not None:
            raise TypeError("a revision is never changed")
        super().save(*args, **options)


class WebhookListener(RecordRow):
    """Columns as in ``records.webhook_listener``."""

    name = models.TextField()
    guid = models.CharField(max_length=200, unique=True)
    extension_id = models.TextField(default="")
    extension_params = JsonText()
    answer = models.TextField(default="behavior")
    priority = models.IntegerField(default=100)
    deadline = models.IntegerField(default=0)
    signed_by = models.TextField(default="")
    delivery_header = models.TextField(default="")
    body_limit = models.BigIntegerField(default=1024 * 1024)
    signature_header = models.TextField(default="")
    signature_prefix = models.TextField(default="")
    signature_algorithm = models.TextField(default="sha256")
    signature_encoding = models.TextField(default="hex")
    signed_text = models.TextField(default="{body}")
    timestamp_header = models.TextField(default="")
    tolerance = models.BigIntegerField(default=300)
    is_disabled = models.BooleanField(default=False)
