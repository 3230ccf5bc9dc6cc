"""Runs, their journals and the effect ledger: fulfils ``runs.ports.RunStore``.

Run ids begin with milliseconds in 12 hex digits, so order by id is order by time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from factotum.runs.ports import EffectRow, Entry, Run, RunPage, Step
from factotum.store import models as tables
from factotum.store import run_rows

STOPPED = "The product stopped while this run was under way."
NOT_SENT = "The product was stopped before it could act on your answer. Please answer again."
MAY_HAVE_ARRIVED = (
    "The product was stopped while it acted on your answer, and what it sent may have arrived. Look "
    "at the service first; answer again only if it is not there."
)
PURGED_AT_ONCE = 500

LISTED = [each.name for each in fields(Run) if each.name not in {"placeholders", "answer"}]


class RunsStore:
    """Runs, steps and effects."""

    def write(self, entries: Sequence[Entry]) -> None:
        """All entries in one transaction; a run's row and an effect are replaced by what is newer."""
        with transaction.atomic():
            run_rows.put_runs(each.run for each in entries)
            run_rows.put_steps(entries)
            run_rows.put_effects(effect for each in entries for effect in each.effects)

    def get(self, run_id: str) -> Run | None:
        """The run, or None."""
        row = tables.Run.objects.filter(pk=run_id).values().first()
        return _run(row) if row else None

    def steps(self, run_id: str) -> Sequence[Step]:
        """Its steps in order."""
        rows = tables.RunSteps.objects.filter(run_id=run_id)
        return run_rows.steps_of(rows.values_list("steps", flat=True))

    def effects(self, run_id: str) -> Sequence[EffectRow]:
        """Its effects in order."""
        rows = tables.Effect.objects.filter(run_id=run_id).order_by("intended_at", "key")
        return [EffectRow(**row) for row in rows.values()]

    def page(
        self,
        *,
        after: str = "",
        limit: int = 50,
        behavior_id: int | None = None,
        worker_id: int | None = None,
        status: str = "",
    ) -> RunPage:
        """Runs, newest first, without placeholders and answer; ``get`` gives those.

        ``worker_id`` limits them to that person's and to what bots of the app's did by themselves.
        """
        rows = tables.Run.objects.order_by("-id")
        if after:
            rows = rows.filter(id__lt=after)
        if behavior_id is not None:
            rows = rows.filter(behavior_id=behavior_id)
        if status:
            rows = rows.filter(status=status)
        if worker_id is None:
            found = _listed(rows, limit + 1)
        else:  # one list for each index, for a condition with OR would use neither
            mine = _listed(rows.filter(worker_id=worker_id), limit + 1)
            shared = _listed(rows.filter(is_shared=True), limit + 1)
            both = {run.id: run for run in (*mine, *shared)}
            found = sorted(both.values(), key=lambda run: run.id, reverse=True)
        return RunPage(found[:limit], found[limit - 1].id if len(found) > limit else "")

    def interrupt(self, at: float) -> Sequence[Run]:
        """After a start: runs left ``running`` become interrupted, their intended effects unknown.

        Chats that were in the middle of a turn take answers again, and say what happened.
        """
        with transaction.atomic():
            rows = tables.Run.objects.select_for_update().filter(status="running")
            left = [_run(row) for row in rows.order_by("id").values()]
            ids = tables.Run.objects.filter(status="running").values("id")
            tables.Effect.objects.filter(state="intended", run_id__in=ids).update(
                state="unknown", note=STOPPED
            )
            _wake_chats(at)
            rows.update(status="interrupted", ended_at=at, error=STOPPED, code="interrupted")
        return left

    def purge(self, before: float) -> int:
        """Remove runs that began before then and have ended; how many. Unsettled effects stay."""
        first_kept = f"{int(before * 1000):012x}"
        old = tables.Run.objects.filter(id__lt=first_kept).exclude(
            status__in=("running", "waiting")
        )
        count = 0
        while ids := list(old.order_by("id").values_list("id", flat=True)[:PURGED_AT_ONCE]):
            with transaction.atomic():
                open_ones = tables.Effect.objects.filter(run_id__in=ids, state="unknown")
                kept = set(open_ones.values_list("run_id", flat=True))
                gone = [run_id for run_id in ids if run_id not in kept]
                tables.Effect.objects.filter(run_id__in=gone).delete()
                tables.RunSteps.objects.filter(run_id__in=gone).delete()
                tables.Run.objects.filter(id__in=gone).delete()
            old = old.filter(id__gt=ids[-1])
            count += len(gone)
        return count


def _listed(rows: QuerySet[tables.Run], limit: int) -> list[Run]:
    return [Run(**row) for row in rows.values(*LISTED)[:limit]]


def _run(row: Mapping[str, Any]) -> Run:
    return Run(**{key: value for key, value in row.items() if key != "is_shared"})


def _wake_chats(at: float) -> None:
    """A chat's run may never have reached the disk: then it had sent nothing that counts."""
    for chat in tables.Conversation.objects.exclude(busy_run=""):
        sent = tables.Effect.objects.filter(run_id=chat.busy_run).exclude(state="refused")
        text = MAY_HAVE_ARRIVED if sent.exists() else NOT_SENT
        told = {"from": "fault", "text": text, "at": at}
        chat.messages = [*chat.messages, told]
        chat.busy_run = ""
        chat.save(update_fields=["messages", "busy_run"])
