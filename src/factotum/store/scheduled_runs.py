"""Runs wanted later: fulfils ``runs.ports.ScheduledRuns`` and ``runs.schedules.ports.WantedRuns``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from factotum.runs.schedules.ports import LEASE, WantedRun
from factotum.store.due import claimed, earliest
from factotum.store.models import Behavior, ScheduledRun


class StoredScheduledRuns:
    """A row a wanted run."""

    def add(self, behavior_id: int, run_at: int, on_dupe: str, values: Mapping[str, Any]) -> None:
        """Keep one; ``on_dupe`` first keeps the earlier one, last replaces it, "" adds another."""
        with transaction.atomic():
            # the behavior's row is the lock: two at once never both find none
            Behavior.objects.select_for_update().filter(pk=behavior_id).first()
            waiting = _waiting(behavior_id, values)
            if on_dupe == "first" and waiting.exists():
                return
            if on_dupe == "last":
                waiting.delete()
            ScheduledRun.objects.create(
                behavior_id=behavior_id,
                run_at=run_at,
                look_at=run_at,
                values=dict(values),
                on=_on(values),
            )

    def remove(self, behavior_id: int, values: Mapping[str, Any]) -> None:
        """Forget all that wait for this behavior on that record."""
        _waiting(behavior_id, values).delete()

    def earliest(self) -> float | None:
        """When the first is wanted."""
        return earliest(ScheduledRun.objects.all())

    def claim(self, now: float, limit: int) -> Sequence[WantedRun]:
        """Those wanted by now, kept from others for the lease."""
        with transaction.atomic():
            ids = claimed(ScheduledRun.objects.all(), now, limit)
            rows = ScheduledRun.objects.filter(pk__in=ids).order_by("run_at", "pk")
            return [WantedRun(row.pk, row.behavior_id, row.run_at, row.values) for row in rows]

    def plan_anew(self, now: float) -> None:
        """Nothing is claimed for longer than the lease from now."""
        ScheduledRun.objects.filter(look_at__gt=now + LEASE).update(look_at=F("run_at"))

    def done(self, ids: Sequence[int]) -> None:
        """Forget them: they run."""
        ScheduledRun.objects.filter(pk__in=ids).delete()


def _waiting(behavior_id: int, values: Mapping[str, Any]) -> QuerySet[ScheduledRun]:
    return ScheduledRun.objects.filter(behavior_id=behavior_id, on=_on(values))


def _on(values: Mapping[str, Any]) -> str:
    return str(values.get("on") or "")
