"""Runs, their journal and the effect ledger. Times are seconds since 1970.

Run ids are text that sorts by time, made before anything is written; steps and effects name their
run without a foreign key, so that a journal can be written in any order and cheaply.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from factotum.store.models.json_text import JsonText

OPEN = ("intended", "sent", "unknown")


class Runs(models.QuerySet["Run"]):
    """Questions to runs."""

    def having(self, status: str) -> models.QuerySet[Run]:
        """Those of a status other than done, in the very words of its indexes: SQLite knows no others."""
        return self.extra(where=["NOT (status = 'done')"]).filter(status=status)


class Effects(models.QuerySet["Effect"]):
    """Questions to effects."""

    def open(self) -> models.QuerySet[Effect]:
        """Those that may have happened, and nobody knows; in the very words of their index."""
        return self.extra(where=["state IN ('intended', 'sent', 'unknown')"])


class Run(models.Model):
    """Columns as in ``runs.run.Run``; ``is_shared`` where a bot of the app's ran by itself."""

    id = models.CharField(max_length=64, primary_key=True)
    title = models.TextField(default="")
    trigger = models.TextField(default="")
    driver = models.TextField()
    status = models.TextField()
    started_at = models.FloatField()
    behavior_id = models.BigIntegerField(null=True)
    revision = models.BigIntegerField(null=True)
    bot_id = models.BigIntegerField(null=True)
    worker_id = models.BigIntegerField(null=True)
    actor = models.TextField(default="")
    ended_at = models.FloatField(null=True)
    error = models.TextField(default="")
    code = models.TextField(default="")
    placeholders = JsonText()
    answer = JsonText()
    executor = models.TextField(default="")
    task = models.IntegerField(default=0)
    priority = models.IntegerField(default=0)
    wake_at = models.FloatField(null=True)
    wait_code = models.TextField(default="")
    wait_reason = models.TextField(default="")
    tries = JsonText()
    stop = models.TextField(default="")
    went_on = JsonText(default=list)
    deadline = models.FloatField(null=True)
    cost = models.BigIntegerField(null=True)
    is_shared = models.BooleanField(default=False)

    objects = Runs.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["behavior_id", "id"], name="run_behavior"),
            models.Index(fields=["worker_id", "id"], name="run_worker"),
            models.Index(
                fields=["status", "id"],
                name="run_status",
                condition=~models.Q(status="done"),
            ),
            models.Index(
                fields=["behavior_id", "status", "id"],
                name="run_behavior_status",
                condition=~models.Q(status="done"),
            ),
            models.Index(fields=["id"], name="run_shared", condition=models.Q(is_shared=True)),
            models.Index(
                fields=["wake_at"], name="run_wake", condition=models.Q(wake_at__isnull=False)
            ),
        ]


class RunSteps(models.Model):
    """Steps that one entry of a journal brought: lists with the fields of ``runs.run.Step``.

    A row an entry, not a row a step: that is most of what a journal costs. ``first`` is the number
    of the first of them.
    """

    pk = models.CompositePrimaryKey("run_id", "first")
    run_id = models.CharField(max_length=64)
    first = models.IntegerField()
    steps = JsonText()


class Recorded(models.Model):
    """Columns as in ``runs.run.Piece``: what effects of a durable run returned."""

    pk = models.CompositePrimaryKey("run_id", "task", "first")
    run_id = models.CharField(max_length=64)
    task = models.IntegerField()
    first = models.IntegerField()
    sealed = models.TextField()


class Effect(models.Model):
    """Columns as in ``runs.run.EffectRow``."""

    key = models.CharField(max_length=200, primary_key=True)
    run_id = models.CharField(max_length=64)
    path = models.TextField(default="")
    state = models.TextField()
    method = models.TextField()
    url = models.TextField()
    host = models.TextField()
    fingerprint = models.CharField(max_length=64)
    intended_at = models.FloatField()
    account_id = models.BigIntegerField(null=True)
    answered_at = models.FloatField(null=True)
    status_code = models.IntegerField(null=True)
    note = models.TextField(default="")
    attempt = models.IntegerField(default=1)
    outcome = models.TextField(default="")
    said_by = models.TextField(default="")
    answer = models.TextField(default="")
    idempotency_key = models.TextField(default="")
    timed_out = models.BooleanField(null=True)
    sent_at = models.FloatField(null=True)

    objects = Effects.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run_id", "intended_at"], name="effect_run"),
            models.Index(
                fields=["state", "intended_at"],
                name="effect_open",
                condition=models.Q(state__in=OPEN),
            ),
        ]


class DoneChange(models.Model):
    """What a durable run has changed here: written with the change, so it is made once."""

    pk = models.CompositePrimaryKey("run_id", "path")
    run_id = models.CharField(max_length=64)
    path = models.TextField()
    result = JsonText()


class Executor(models.Model):
    """A process that walks runs; ``beats`` counts while it lives, in this life from ``entered``."""

    id = models.CharField(max_length=100, primary_key=True)
    beats = models.BigIntegerField(default=0)
    entered = models.BigIntegerField(default=0)
    is_dead = models.BooleanField(default=False)
    host = models.CharField(max_length=100, default="", blank=True)
    ahead = models.FloatField(default=0.0)
    """By how many seconds its clock is before the database's, where that is worth telling."""


class Lease(models.Model):
    """Work that only one process does at a time; ``holder`` is its executor id, "" for nobody."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=100, default="")


class LatestTime(models.Model):
    """What the clock showed when something was looked for last."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.FloatField()


class ScheduledRun(models.Model):
    """A run wanted later, ``on`` a record; ``look_at`` is what is polled."""

    behavior_id = models.BigIntegerField(db_index=True)
    run_at = models.BigIntegerField()
    look_at = models.FloatField(db_index=True)
    values = JsonText()
    on = models.CharField(max_length=200, default="")


class IdempotencyKey(models.Model):
    """The run that a caller's key stands for. ``hash`` is SHA-256 over actor and key."""

    hash = models.BinaryField(max_length=32, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    run_id = models.CharField(max_length=64)
    created_at = models.FloatField(db_index=True)
