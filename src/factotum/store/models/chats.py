"""Chats with bots, and the small values that bots keep."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from factotum.store.models.json_text import JsonText


class Conversation(models.Model):
    """Columns as in ``runs.ports.Conversation``."""

    worker_id = models.BigIntegerField(db_index=True)
    bot_id = models.BigIntegerField(db_index=True)
    title = models.TextField(default="")
    turn = models.BigIntegerField(default=0)
    busy_run = models.CharField(max_length=64, default="", db_index=True)
    busy_by = models.TextField(default="")
    is_open = models.BooleanField(default=True)
    state = JsonText()
    messages = JsonText(default=list)
    prompt = JsonText(default=None, null=True)
    created_at = models.FloatField()
    updated_at = models.FloatField()


class BotKey(models.Model):
    """A value under a key. ``hash`` is SHA-256 of the key; ``expires_at`` 0 never expires."""

    bot_id = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    key = models.TextField()
    value = models.TextField()
    expires_at = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bot_id", "hash"], name="bot_key_name")
        ]
