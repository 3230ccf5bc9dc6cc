"""What came to webhooks under an id of its own, and what was turned away. Times: seconds since 1970."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from factotum.store.models.json_text import JsonText


class Delivery(models.Model):
    """One delivery, however often it comes. ``hash`` is SHA-256 over listener and delivery id.

    ``status``, ``headers`` and ``body`` are its recorded answer, once there is one.
    """

    hash = models.BinaryField(max_length=32, primary_key=True)
    listener_id = models.BigIntegerField()
    delivery_id = models.TextField()
    run_id = models.CharField(max_length=64)
    received_at = models.FloatField(db_index=True)
    repeats = models.IntegerField(default=0)
    status = models.IntegerField(null=True)
    headers = JsonText(default=list)
    body = models.BinaryField(default=b"")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["listener_id", "received_at"], name="delivery_listener")
        ]


class RefusedDeliveries(models.Model):
    """What one webhook has turned away: how many, and the last of them, newest first."""

    listener_id = models.BigIntegerField(primary_key=True)
    count = models.BigIntegerField(default=0)
    last = JsonText(default=list)
