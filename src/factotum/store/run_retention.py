"""Takes old runs away, a piece at a time: fulfils ``usecases.retention.OldRuns``.

A run that goes is marked first, so that nobody takes it up again while its ledger is half gone; its row
goes last, so that a process that was killed in between leaves something to be found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from factotum.runs.run import FORGET, OPEN
from factotum.store import models as tables
from factotum.store.runs_store import UNENDED
from factotum.usecases.retention import Choice, OldRun


class StoredOldRuns:
    """Runs that have ended, with all that hangs on them."""

    def first_kept(self, before: float, most: int | None) -> str:
        """The id from which runs stay: those that began from then on, and of them the newest ``most``."""
        by_age = f"{int(before * 1000):012x}"
        if most is None:
            return by_age
        ids = tables.Run.objects.order_by("-id").values_list("id", flat=True)
        oldest: str | None = ids[most - 1 : most].first()
        return by_age if oldest is None else max(by_age, oldest)

    def choose(self, first_kept: str, after: str, ended_before: float, limit: int) -> Choice:
        """Mark the oldest behind ``after`` that have ended and owe no answer; those of nobody else."""
        with transaction.atomic():
            old = tables.Run.objects.filter(id__gt=after, id__lt=first_kept)
            old = old.filter(ended_at__lt=ended_before).exclude(status__in=UNENDED).order_by("id")
            free = old.select_for_update(skip_locked=True).values_list("id", "task")
            found = list(free[:limit])
            ids = [run_id for run_id, _ in found]
            owing = tables.Effect.objects.filter(run_id__in=ids, state__in=OPEN)
            kept = set(owing.values_list("run_id", flat=True))
            gone = [OldRun(run_id, task) for run_id, task in found if run_id not in kept]
            marked = tables.Run.objects.filter(id__in=[run.id for run in gone])
            marked.update(stop=FORGET)
        return Choice(gone, ids[-1] if ids else "")

    def forget_part(self, run_ids: Sequence[str], rows: int) -> int:
        """Remove at most so many rows of what hangs on them; how many, 0 once nothing does."""
        parts: tuple[Callable[[Sequence[str], int], int], ...] = (
            _steps,
            _recorded,
            _effects,
            _changes,
            _approvals,
        )
        for part in parts:
            count = part(run_ids, rows)
            if count:
                return count
        return 0

    def forget(self, run_ids: Sequence[str]) -> None:
        """Remove the runs themselves."""
        tables.Run.objects.filter(id__in=run_ids, stop=FORGET).delete()


def _steps(run_ids: Sequence[str], rows: int) -> int:
    theirs = tables.RunSteps.objects.filter(run_id__in=run_ids)
    keys = list(theirs.order_by("run_id", "first").values_list("run_id", "first")[:rows])
    if len(keys) < rows:
        if keys:
            theirs.delete()
        return len(keys)
    last, upto = keys[-1]
    with transaction.atomic():
        theirs.filter(run_id__lt=last).delete()
        theirs.filter(run_id=last, first__lte=upto).delete()
    return len(keys)


def _recorded(run_ids: Sequence[str], rows: int) -> int:
    theirs = tables.Recorded.objects.filter(run_id__in=run_ids)
    names = ("run_id", "task", "first")
    keys = list(theirs.order_by(*names).values_list(*names)[:rows])
    if keys:
        last, task, upto = keys[-1]
        with transaction.atomic():
            theirs.filter(run_id__lt=last).delete()
            theirs.filter(run_id=last, task__lt=task).delete()
            theirs.filter(run_id=last, task=task, first__lte=upto).delete()
    return len(keys)


def _effects(run_ids: Sequence[str], rows: int) -> int:
    theirs = tables.Effect.objects.filter(run_id__in=run_ids)
    keys = list(theirs.values_list("key", flat=True)[:rows])
    if keys:
        tables.Effect.objects.filter(key__in=keys).delete()
    return len(keys)


def _changes(run_ids: Sequence[str], rows: int) -> int:
    theirs = tables.DoneChange.objects.filter(run_id__in=run_ids)
    keys = list(theirs.order_by("run_id", "path").values_list("run_id", "path")[:rows])
    if keys:
        last, upto = keys[-1]
        with transaction.atomic():
            theirs.filter(run_id__lt=last).delete()
            theirs.filter(run_id=last, path__lte=upto).delete()
    return len(keys)


def _approvals(run_ids: Sequence[str], rows: int) -> int:
    theirs = tables.Approval.objects.filter(run_id__in=run_ids)
    keys = list(theirs.values_list("key", flat=True)[:rows])
    if keys:
        tables.Approval.objects.filter(key__in=keys).delete()
    return len(keys)
