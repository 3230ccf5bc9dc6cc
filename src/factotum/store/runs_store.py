"""Runs, their journals and the effect ledger: fulfils ``runs.ports.RunStore``.

A batch of entries is three ``executemany`` in one transaction, past the ORM: that is what a journal
costs per run. Run ids begin with milliseconds in 12 hex digits, so order by id is order by time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q

from factotum.records.values import UNKEPT
from factotum.runs.ports import EffectRow, Entry, Run, RunPage, Step
from factotum.store import models as tables
from factotum.store.models.json_text import JsonText, dumps

STOPPED = "The product stopped while this run was under way."
PURGED_AT_ONCE = 500

HEAVY = ("placeholders", "answer")
"""Columns that lists leave out."""


class RunsStore:
    """Runs, steps and effects."""

    def write(self, entries: Sequence[Entry]) -> None:
        """All entries in one transaction; a run's row and an effect are replaced by what is newer."""
        with transaction.atomic():
            _put(tables.Run, (_row(tables.Run, each.run) for each in entries))
            _put(
                tables.RunStep,
                (
                    _row(tables.RunStep, step, run_id=each.run.id)
                    for each in entries
                    for step in each.steps
                ),
            )
            _put(
                tables.Effect,
                (_row(tables.Effect, effect) for each in entries for effect in each.effects),
            )

    def get(self, run_id: str) -> Run | None:
        """The run, or None."""
        row = tables.Run.objects.filter(pk=run_id).values().first()
        return Run(**row) if row else None

    def steps(self, run_id: str) -> Sequence[Step]:
        """Its steps in order."""
        rows = tables.RunStep.objects.filter(run_id=run_id).order_by("number")
        names = [name for name in _columns(tables.RunStep) if name != "run_id"]
        return [Step(**row) for row in rows.values(*names)]

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

        ``worker_id`` limits them to that person's and to app-owned bots'.
        """
        rows = tables.Run.objects.order_by("-id")
        if after:
            rows = rows.filter(id__lt=after)
        if behavior_id is not None:
            rows = rows.filter(behavior_id=behavior_id)
        if status:
            rows = rows.filter(status=status)
        if worker_id is not None:
            shared = tables.Bot.objects.filter(owner_context="app").values("id")
            rows = rows.filter(Q(worker_id=worker_id) | Q(bot_id__in=shared))
        names = [name for name in _columns(tables.Run) if name not in HEAVY]
        found = [Run(**row) for row in rows.values(*names)[: limit + 1]]
        return RunPage(found[:limit], found[limit - 1].id if len(found) > limit else "")

    def interrupt(self, at: float) -> Sequence[Run]:
        """After a start: runs left ``running`` become interrupted, their intended effects unknown.

        Chats that one of them was busy with take answers again.
        """
        with transaction.atomic():
            rows = tables.Run.objects.select_for_update().filter(status="running")
            left = [Run(**row) for row in rows.order_by("id").values()]
            ids = tables.Run.objects.filter(status="running").values("id")
            tables.Effect.objects.filter(state="intended", run_id__in=ids).update(
                state="unknown", note=STOPPED
            )
            tables.Conversation.objects.filter(busy_run__in=ids).update(busy_run="")
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
                tables.RunStep.objects.filter(run_id__in=gone).delete()
                tables.Run.objects.filter(id__in=gone).delete()
            old = old.filter(id__gt=ids[-1])
            count += len(gone)
        return count


@cache
def _columns(table: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in table._meta.concrete_fields)


@cache
def _statement(table: type[models.Model]) -> str:
    """``INSERT … ON CONFLICT … DO UPDATE``, which SQLite and PostgreSQL write alike."""
    key = [field.attname for field in table._meta.pk_fields]
    rest = [name for name in _columns(table) if name not in key]
    return (
        f"INSERT INTO {table._meta.db_table} ({', '.join(_columns(table))})"  # noqa: S608  our names
        f" VALUES ({', '.join(['%s'] * len(_columns(table)))})"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in rest)
    )


@cache
def _json_columns(table: type[models.Model]) -> frozenset[str]:
    fields = table._meta.concrete_fields
    return frozenset(field.attname for field in fields if isinstance(field, JsonText))


def _row(table: type[models.Model], value: Any, **more: Any) -> tuple[Any, ...]:
    """The columns of one value, in the table's order; text as both databases can keep it."""
    json_columns = _json_columns(table)
    row = []
    for name in _columns(table):
        item = more[name] if name in more else getattr(value, name)
        if name in json_columns:
            item = _json(item)
        elif isinstance(item, str):
            item = UNKEPT.sub("\ufffd", item)
        row.append(item)
    return tuple(row)


def _json(value: Any) -> str:
    """A journal is written whatever a script has made."""
    try:
        return dumps(value)
    except (TypeError, ValueError, RecursionError):
        return dumps({"not_kept": "It holds itself, or is nested too deeply."})


def _put(table: type[models.Model], rows: Iterable[tuple[Any, ...]]) -> None:
    kept = list(rows)
    if kept:
        with connection.cursor() as cursor:
            cursor.executemany(_statement(table), kept)
