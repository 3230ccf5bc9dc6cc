"""Whose a stored record is, read straight from its row."""

from __future__ import annotations

from factotum.core.values import Owner, Ref
from factotum.records.ownership import APP
from factotum.store.models import Bot, ConnectedAccount, OtherRecord

OWNED: dict[str, type[Bot | ConnectedAccount]] = {"bot": Bot, "connected_account": ConnectedAccount}

OWNERLESS = frozenset({"connected_service", "behavior", "webhook_listener", "worker", "app", "run"})


def owner_of(ref: Ref) -> Owner:
    """The owner in the record's row; the app's where there is none, or no such record."""
    if ref.type in OWNERLESS:
        return APP
    table: type[Bot | ConnectedAccount | OtherRecord] = OWNED.get(ref.type, OtherRecord)
    rows = table.objects.filter(pk=ref.id)
    found = rows.values_list("owner_context", "owner_id").first()
    return Owner(*found) if found else APP
