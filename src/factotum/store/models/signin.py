"""What proves a person or a program: kept as hashes only. Times are seconds since 1970."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from factotum.store.models.json_text import JsonText
from factotum.store.models.workers import Worker


class ApiToken(models.Model):
    """A bearer token of the API; without a worker it has the product's own rights."""

    hash = models.CharField(max_length=64, unique=True)
    worker = models.ForeignKey(Worker, models.CASCADE, null=True)
    name = models.TextField()
    scopes = JsonText(default=list)
    created_at = models.FloatField()
    last_used_at = models.FloatField(default=0)
    expires_at = models.FloatField(null=True)
    revoked_at = models.FloatField(null=True)


class SignInLink(models.Model):
    """A link that signs one person in, once."""

    hash = models.CharField(max_length=64, unique=True)
    worker = models.ForeignKey(Worker, models.CASCADE)
    created_at = models.FloatField()
    expires_at = models.FloatField()
    used_at = models.FloatField(null=True)


class Attempts(models.Model):
    """When the last attempts were of what ``key``, a hash, stands for; by the database's clock."""

    key = models.CharField(max_length=64, primary_key=True)
    times = JsonText(default=list)
    last_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["last_at"], name="attempts_last")
        ]
