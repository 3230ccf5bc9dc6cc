"""Links that wait for their callback, and who may refresh an account now."""

from __future__ import annotations

from django.db import models


class PendingLink(models.Model):
    """One consent a person was sent to. ``kept`` is sealed; ``state`` is known by its hash only."""

    state_hash = models.CharField(max_length=64, unique=True)
    worker_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(db_index=True)
    scheme = models.TextField()
    callback_url = models.TextField(default="")
    kept = models.BinaryField()
    root_key_id = models.CharField(max_length=16)
    created_at = models.FloatField()
    expires_at = models.FloatField()
    taken_at = models.FloatField(null=True)


class RefreshLease(models.Model):
    """Who refreshes an account and how far they came: intended, answered or saved."""

    account_id = models.BigIntegerField(primary_key=True)
    holder = models.TextField()
    until = models.FloatField()
    phase = models.TextField()
    started_at = models.FloatField(default=0)
    note = models.TextField(default="")
