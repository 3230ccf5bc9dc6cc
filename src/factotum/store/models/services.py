"""Connected services and accounts. Their secrets are in ``secrets.py``'s tables."""

from __future__ import annotations

from django.db import models

from factotum.store.models.json_text import JsonText
from factotum.store.models.record_row import OwnedRow, RecordRow


class ConnectedService(RecordRow):
    """Columns as in ``records.connected_service``."""

    name = models.TextField()
    uri = models.TextField(default="")
    extension_id = models.TextField(default="")
    params = JsonText()
    hosts = JsonText(default=list)
    idempotency_keys = JsonText(default=list)
    read_back = JsonText()
    is_disabled = models.BooleanField(default=False)


class ConnectedAccount(OwnedRow):
    """Columns as in ``records.connected_account``; times are seconds since 1970, 0 for none."""

    name = models.TextField()
    uri = models.TextField(default="")
    service = models.ForeignKey(ConnectedService, models.PROTECT, null=True)
    params = JsonText()
    linked_as = models.TextField(default="")
    remote_id = models.TextField(default="")
    linked_at = models.BigIntegerField(default=0)
    scopes = JsonText(default=list)
    expires_at = models.BigIntegerField(default=0)
    health = models.TextField(default="")
    health_reason = models.TextField(default="")
    last_used_at = models.BigIntegerField(default=0)
    picture = models.TextField(default="")
