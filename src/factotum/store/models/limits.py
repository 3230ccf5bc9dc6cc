"""Limits of services, what was spent, caps and price tables. Times are seconds since 1970."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from factotum.store.models.json_text import JsonText


class LimitWindow(models.Model):
    """Columns as in ``runs.limits.windows.Window``; ``key`` is a hash of whose window it is.

    ``changed_at`` is when it was written, by which workers find what is new.
    """

    key = models.CharField(max_length=32, primary_key=True)
    scope = models.CharField(max_length=8)
    scope_id = models.BigIntegerField()
    host = models.TextField()
    family = models.TextField()
    name = models.TextField()
    quota = models.BigIntegerField()
    remaining = models.BigIntegerField()
    reset_at = models.FloatField()
    seen_at = models.FloatField()
    code = models.TextField(default="")
    label = models.TextField(default="")
    sentence = models.TextField(default="")
    changed_at = models.FloatField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["scope", "scope_id"], name="limit_of"),
            models.Index(fields=["changed_at"], name="limit_changed"),
        ]


class LimitUse(models.Model):
    """How often a bot has used a window that is scarce; columns as in ``runs.limits.windows.Use``."""

    pk = models.CompositePrimaryKey("window_key", "bot_id")
    window_key = models.CharField(max_length=32)
    bot_id = models.BigIntegerField()
    reset_at = models.FloatField()
    used = models.BigIntegerField()
    asked_at = models.FloatField()
    changed_at = models.FloatField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["changed_at"], name="limit_use_changed")
        ]


class Meter(models.Model):
    """What an account, bot or behavior spent in a day (``2026-11-22``) or a month (``2026-11``).

    Money in millionths of a dollar.
    """

    pk = models.CompositePrimaryKey("subject_type", "subject_id", "period")
    subject_type = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    period = models.CharField(max_length=10)
    requests = models.BigIntegerField(default=0)
    micros = models.BigIntegerField(default=0)
    reserved_requests = models.BigIntegerField(default=0)
    reserved_micros = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["period"], name="meter_period")
        ]


class Reservation(models.Model):
    """What one request holds of ``meters`` (``[type, id, period]`` each) until it is settled.

    ``effect`` is its row in the ledger, once somebody has looked for it.
    """

    id = models.CharField(max_length=32, primary_key=True)
    executor = models.CharField(max_length=100)
    run_id = models.CharField(max_length=64)
    is_safe = models.BooleanField()
    micros = models.BigIntegerField()
    meters = JsonText(default=list)
    reserved_at = models.FloatField()
    effect = models.CharField(max_length=200, default="")


class Cap(models.Model):
    """How much may be spent: ``unit`` usd (millionths) or requests, ``period`` day or month."""

    pk = models.CompositePrimaryKey("subject_type", "subject_id", "period", "unit")
    subject_type = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    period = models.CharField(max_length=5)
    unit = models.CharField(max_length=8)
    amount = models.BigIntegerField()


class PriceTable(models.Model):
    """A service's prices as an admin typed them in (``runs.budgets.prices``)."""

    service_id = models.BigIntegerField(primary_key=True)
    entries = JsonText(default=list)
