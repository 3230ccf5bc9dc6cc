"""The journal of refreshes: fulfils ``linking.ports.RefreshLeases``."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from factotum.linking.ports import Claim, Lease
from factotum.store.models import RefreshLease as Row

UNDER_WAY = ("intended", "answered")


class StoredRefreshLeases:
    """A row an account, kept afterwards."""

    def claim(self, lease: Lease, now: float) -> Claim:
        """Atomically put this lease in place of none, of a finished or of an abandoned one."""
        with transaction.atomic():
            # first make sure of a row, then lock it: a missing row cannot be locked
            first = [Row(**asdict(lease))]
            Row.objects.bulk_create(first, ignore_conflicts=True)
            row = Row.objects.select_for_update().get(pk=lease.account_id)
            if row.holder == lease.holder:
                return Claim(is_ours=True, before=None)
            before = _lease(row)
            if before.phase in UNDER_WAY and before.until > now:
                return Claim(is_ours=False, before=before)
            Row(**asdict(lease)).save(force_update=True)
            return Claim(is_ours=True, before=before)

    def mark(self, account_id: int, holder: str, phase: str, note: str = "") -> bool:
        """Note how far this holder came; False, and nothing changed, where it is not theirs now."""
        rows = Row.objects.filter(pk=account_id, holder=holder)
        return rows.update(phase=phase, note=note) == 1


def _lease(row: Row) -> Lease:
    return Lease(row.account_id, row.holder, row.until, row.phase, row.started_at, row.note)
