"""What runs ask people for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Approvals(models.QuerySet["Approval"]):
    """Questions to approvals."""

    def open(self) -> models.QuerySet[Approval]:
        """Those nobody has said anything to; in the very words of their index."""
        return self.extra(where=["outcome = ''"])


class Approval(models.Model):
    """Columns as in ``runs.approvals.Approval``."""

    key = models.CharField(max_length=100, primary_key=True)
    run_id = models.CharField(max_length=64)
    path = models.TextField()
    message = models.TextField()
    asked_at = models.FloatField()
    bot_id = models.BigIntegerField(null=True)
    worker_id = models.BigIntegerField(null=True)
    expires_at = models.FloatField(null=True)
    outcome = models.TextField(default="")
    said_by = models.TextField(default="")
    comment = models.TextField(default="")
    said_at = models.FloatField(null=True)

    objects = Approvals.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run_id"], name="approval_run"),
            models.Index(fields=["key"], name="approval_open", condition=models.Q(outcome="")),
        ]
