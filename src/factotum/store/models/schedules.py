"""When recurrent behaviors are due."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from factotum.store.models.bots import Behavior


class Schedule(models.Model):
    """Columns as in ``runs.schedules.ports``; ``look_at`` is what is polled, 0 after a change.

    There is a row for each recurrent behavior, disabled ones too, made where the behavior is saved.
    """

    behavior = models.OneToOneField(Behavior, models.CASCADE, primary_key=True)
    version = models.BigIntegerField(default=0)
    look_at = models.FloatField(null=True)
    next_at = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64, default="")
    is_paused = models.BooleanField(default=False)
    last_due = models.BigIntegerField(null=True)
    last_run_id = models.CharField(max_length=64, default="")
    fired_at = models.FloatField(null=True)
    note = models.TextField(default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["look_at"], name="schedule_look", condition=models.Q(look_at__isnull=False)
            ),
            models.Index(fields=["next_at", "behavior"], name="schedule_next"),
        ]
