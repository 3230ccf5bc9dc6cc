"""Looks at what waits in the database. Each question has an index that holds only what waits."""

from __future__ import annotations

from django.db.models import Count, Min

from factotum.store.models import Effect, Run, Schedule
from factotum.telemetry.backlog import Backlog

LATE = 60.0  # seconds; schedules are fired within a few
CODES = 20  # kinds of waits that are told apart


def look(now: float) -> Backlog:
    """The backlog at that time (seconds since 1970)."""
    queued = Run.objects.having("queued").aggregate(n=Count("id"), first=Min("id"))
    late = Schedule.objects.filter(next_at__lt=now - LATE, is_paused=False)
    late_ones = late.aggregate(n=Count("pk"), first=Min("next_at"))
    return Backlog(
        queued=queued["n"],
        oldest_queued=max(now - int(queued["first"][:12], 16) / 1000, 0) if queued["n"] else 0.0,
        waiting=_waiting(),
        unknown_effects=Effect.objects.open().filter(state="unknown").count(),
        late_schedules=late_ones["n"],
        latest_schedule=max(now - late_ones["first"], 0) if late_ones["n"] else 0.0,
    )


def _waiting() -> dict[str, int]:
    """By code; runs that say none are told as ``none``."""
    rows = Run.objects.having("waiting").values_list("wait_code").annotate(n=Count("id"))
    counts: dict[str, int] = {}
    for code, count in rows.order_by("-n", "wait_code"):
        name = (code or "none") if len(counts) < CODES else "other"
        counts[name] = counts.get(name, 0) + count
    return counts
