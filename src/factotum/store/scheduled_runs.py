"""Runs wanted later: fulfils ``runs.ports.ScheduledRuns``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from factotum.store.models import Behavior, ScheduledRun


class StoredScheduledRuns:
    """A row a wanted run."""

    def add(self, behavior_id: int, run_at: int, on_dupe: str, values: Mapping[str, Any]) -> None:
        """Keep one; ``on_dupe`` first keeps the earlier one, last replaces it, "" adds another."""
        with transaction.atomic():
            # the behavior's row is the lock: two at once never both find none
            Behavior.objects.select_for_update().filter(pk=behavior_id).first()
            waiting = ScheduledRun.objects.filter(behavior_id=behavior_id)
            if on_dupe == "first" and waiting.exists():
                return
            if on_dupe == "last":
                waiting.delete()
            ScheduledRun.objects.create(behavior_id=behavior_id, run_at=run_at, values=dict(values))

    def remove(self, behavior_id: int) -> None:
        """Forget all that wait for this behavior."""
        ScheduledRun.objects.filter(behavior_id=behavior_id).delete()
