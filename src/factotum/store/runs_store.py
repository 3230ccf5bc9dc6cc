"""Runs, their journals and the effect ledger: fulfils ``runs.ports.RunStore``.

Run ids begin with milliseconds in 12 hex digits, so order by id is order by time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from time import time
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from factotum.runs.run import FORGET, LEAVING, EffectRow, Entry, Piece, Run, RunPage, Step
from factotum.store import models as tables
from factotum.store import run_rows

STOPPED = "The product stopped while this run was under way."
NOT_SENT = "The product was stopped before it could act on your answer. Please answer again."
MAY_HAVE_ARRIVED = (
    "The product was stopped while it acted on your answer, and what it sent may have arrived. Look "
    "at the service first; answer again only if it is not there."
)
UNENDED = ("queued", "running", "waiting")
MOST_TOLD = 50  # of the times that a run went on
TAKEN_OVER = "The process that did this had ended, or stood still."
IS_HELD = Q(status="waiting", wait_code="held", wake_at=None)
HELD = "Somebody holds this run; it goes on when it is resumed."

LISTED = [each.name for each in fields(Run) if each.name not in {"placeholders", "answer"}]


class RunsStore:
    """Runs, steps and effects."""

    def write(self, entries: Sequence[Entry]) -> None:
        """All entries in one transaction; a run's row and an effect are replaced by what is newer."""
        with transaction.atomic():
            entries = run_rows.of_the_living(entries)
            run_rows.put_runs(entries)
            _stop_what_waits(each.run for each in entries)
            run_rows.put_steps(entries)
            run_rows.put_effects(effect for each in entries for effect in each.effects)
            run_rows.put_recorded(each.recorded for each in entries if each.recorded)

    def get(self, run_id: str) -> Run | None:
        """The run, or None."""
        return run_rows.get_run(run_id)

    def steps(self, run_id: str) -> Sequence[Step]:
        """Its steps in order."""
        rows = tables.RunSteps.objects.filter(run_id=run_id)
        return run_rows.steps_of(rows.values_list("steps", flat=True))

    def effects(self, run_id: str) -> Sequence[EffectRow]:
        """Its effects in order."""
        rows = tables.Effect.objects.filter(run_id=run_id).order_by("intended_at", "key")
        return [EffectRow(**row) for row in rows.values()]

    def recorded(self, run_id: str) -> Sequence[Piece]:
        """What its effects returned."""
        rows = tables.Recorded.objects.filter(run_id=run_id).order_by("task", "first")
        return [Piece(*row) for row in rows.values_list(*run_rows.PIECE)]

    def page(
        self,
        *,
        after: str = "",
        limit: int = 50,
        behavior_id: int | None = None,
        worker_id: int | None = None,
        statuses: Sequence[str] = (),
        is_unsettled: bool = False,
    ) -> RunPage:
        """Runs, newest first, without placeholders and answer; ``get`` gives those.

        ``worker_id`` limits them to that person's and to what bots of the app's did by themselves.
        """
        rows = tables.Run.objects.order_by("-id")
        if after:
            rows = rows.filter(id__lt=after)
        if behavior_id is not None:
            rows = rows.filter(behavior_id=behavior_id)
        if is_unsettled:
            rows = rows.filter(id__in=_unsettled().values("run_id"))
        # one list for each index
        lists: list[QuerySet[tables.Run]] = [rows.having(each) for each in statuses] or [rows]
        if worker_id is not None and (statuses or behavior_id is not None):
            lists = [each.filter(Q(worker_id=worker_id) | Q(is_shared=True)) for each in lists]
        elif worker_id is not None:  # a condition with OR would use neither of their indexes
            lists = [_own(rows, worker_id), rows.filter(is_shared=True)]
        runs = {run.id: run for each in lists for run in _listed(each, limit + 1)}
        found = sorted(runs.values(), key=lambda run: run.id, reverse=True)
        return RunPage(found[:limit], found[limit - 1].id if len(found) > limit else "")

    def interrupt(self, executors: Sequence[str], at: float) -> Sequence[Run]:
        """Attended runs that dead processes left running become interrupted.

        Their intended and sent effects become unknown; durable ones that were to stop have stopped. Chats that were in the middle of a turn take answers again, and say what happened.
        """
        with transaction.atomic():
            living = tables.Executor.objects.filter(pk__in=executors, is_dead=False)
            alive = set(living.select_for_update().values_list("pk", flat=True))  # they woke up
            dead = [each for each in executors if each not in alive]
            under_way = tables.Run.objects.having("running")
            durable = under_way.filter(driver="durable")
            lives = durable.values_list("executor", flat=True).distinct()
            theirs = durable.filter(executor__in=[each for each in lives if _process(each) in dead])
            _tell_taken_over(theirs.filter(stop=""), at)
            attended = under_way.filter(executor__in=dead).exclude(driver="durable")
            left = [_run(row) for row in attended.select_for_update().order_by("id").values()]
            tables.Effect.objects.filter(
                state__in=LEAVING, run_id__in=[run.id for run in left]
            ).update(state="unknown", note=STOPPED)
            _wake_chats(dead, at)
            attended.update(status="interrupted", ended_at=at, error=STOPPED, code="interrupted")
            for run in theirs.exclude(stop=""):
                _stop(tables.Run.objects.filter(pk=run.pk), run.stop, at)
        return left

    def due(self, now: float, limit: int) -> Sequence[Run]:
        """Waiting runs whose time has come, the longest due first."""
        rows = tables.Run.objects.filter(wake_at__lte=now, status="waiting").order_by("wake_at")
        return [_run(row) for row in rows.values()[:limit]]

    def wake_all(self, now: float) -> None:
        """What waits until a time later than now is due; who has to wait longer waits again."""
        tables.Run.objects.filter(wake_at__gt=now, status="waiting").update(wake_at=now)

    def wake(self, codes: Collection[str], at: float) -> int:
        """Runs that wait for one of these reasons until later are due then; how many."""
        waiting = tables.Run.objects.filter(wake_at__gt=at, status="waiting", wait_code__in=codes)
        return waiting.update(wake_at=at)

    def queue_again(self, run_id: str, task: int) -> bool:
        """A run that waits, or has failed, is queued as that task; False where it is not so."""
        rows = tables.Run.objects.filter(pk=run_id, status__in=("waiting", "failed"), task__lt=task)
        rows = rows.exclude(stop=FORGET).exclude(IS_HELD)
        run = rows.first()
        if run is None:
            return False
        has_failed = run.status == "failed"
        code, reason = ("failed", run.error) if has_failed else (run.wait_code, run.wait_reason)
        changes: dict[str, Any] = {
            "wake_at": None,
            "wait_code": "",
            "wait_reason": "",
            "stop": "",
            "error": "",
        }
        changes["went_on"] = _went_on(run, time(), code, reason)
        return rows.update(status="queued", task=task, code="", ended_at=None, **changes) == 1

    def queue_all_again(self, tasks: Mapping[str, int]) -> None:
        """The same of several: run id → its next task.

        Each by itself: a transaction that holds several rows would deadlock with the journal's.
        """
        for run_id, task in tasks.items():
            self.queue_again(run_id, task)

    def ask_to_stop(self, run_id: str, what: str, at: float) -> Run | None:
        """Cancel or hold a run: at once where nobody walks it, else noted for who does."""
        with transaction.atomic():
            rows = tables.Run.objects.filter(pk=run_id)
            row = rows.select_for_update().first()
            if row is None or row.status not in UNENDED:
                return None
            if row.status != "running":
                _stop(rows, what, at)
            # whoever begins to walk it right now sees it at the next wait; no hold undoes a cancel
            rows.exclude(stop="cancel").update(stop=what)
        return self.get(run_id)

    def let_go(self, run_id: str, at: float) -> None:
        """A held run is due now."""
        tables.Run.objects.filter(IS_HELD, pk=run_id).update(wake_at=at, stop="")

    def put_off(self, run_id: str, task: int) -> bool:
        """Whether the run was held before this task began; then the task counts as done."""
        return tables.Run.objects.filter(IS_HELD, pk=run_id).update(task=task) == 1

    def is_to_stop(self, run_id: str) -> bool:
        """Whether somebody wants the run to go no further."""
        return run_rows.is_to_stop(run_id)

    def halt(self, run_id: str, at: float) -> None:
        """The run's walk has stopped where somebody wanted it to."""
        rows = tables.Run.objects.filter(pk=run_id)
        for what in rows.values_list("stop", flat=True):
            _stop(rows, what or "cancel", at)

    def unsettled(
        self, *, after: str = "", limit: int = 50, worker_id: int | None = None
    ) -> Sequence[EffectRow]:
        """Effects of which nobody knows whether they happened; by key, so by their runs' time."""
        rows = _unsettled(worker_id).filter(key__gt=after).order_by("key")
        return [EffectRow(**row) for row in rows.values()[:limit]]

    def count_unsettled(self, *, worker_id: int | None = None, most: int = 100) -> int:
        """How many of these there are; ``most`` for as many and more."""
        return len(_unsettled(worker_id).values_list("pk")[:most])

    def effect(self, key: str) -> EffectRow | None:
        """One effect."""
        row = tables.Effect.objects.filter(pk=key).values().first()
        return EffectRow(**row) if row else None

    def settle(self, effect: EffectRow) -> bool:
        """Keep how an unknown effect was settled; False where it was not unknown any more."""
        names = ("state", "outcome", "said_by", "answer", "answered_at", "status_code", "note")
        changes = {name: getattr(effect, name) for name in names}
        rows = tables.Effect.objects.filter(pk=effect.key, state="unknown")
        return rows.update(**changes) == 1


def _listed(rows: QuerySet[tables.Run], limit: int) -> list[Run]:
    return [Run(**row) for row in rows.values(*LISTED)[:limit]]


def _run(row: Mapping[str, Any]) -> Run:
    return Run(**{key: value for key, value in row.items() if key != "is_shared"})


def _own(rows: QuerySet[tables.Run], worker_id: int) -> QuerySet[tables.Run]:
    return rows.filter(worker_id=worker_id)


def _unsettled(worker_id: int | None = None) -> QuerySet[tables.Effect]:
    rows = tables.Effect.objects.open().filter(state="unknown")
    if worker_id is None:
        return rows
    return rows.filter(run_id__in=_own(tables.Run.objects.all(), worker_id).values("id"))


def _went_on(run: tables.Run, at: float, code: str, reason: str) -> list[Any]:
    told = {"at": at, "task": run.task, "code": code, "reason": reason}
    return [*run.went_on, told][-MOST_TOLD:]


def _process(life: str) -> str:
    """Whose life it is."""
    return life.partition("~")[0]


def _tell_taken_over(rows: QuerySet[tables.Run], at: float) -> None:
    """Once for each process that has ended, however many others have seen it."""
    for run in rows:
        last = run.went_on[-1] if run.went_on else {}
        if last.get("executor") != run.executor:
            told = _went_on(run, at, "taken-over", TAKEN_OVER)
            told[-1]["executor"] = run.executor
            tables.Run.objects.filter(pk=run.pk).update(went_on=told)


def _stop_what_waits(runs: Iterable[Run]) -> None:
    """What was asked of runs while they were walked is done now that they wait."""
    waiting = [run.id for run in runs if run.status == "waiting"]
    if waiting:
        for run in tables.Run.objects.filter(pk__in=waiting).exclude(stop=""):
            _stop(tables.Run.objects.filter(pk=run.pk), run.stop, time())


def _stop(rows: QuerySet[tables.Run], what: str, at: float) -> None:
    """Nobody walks these; of what they were about to send nobody knows whether it had left."""
    sent = tables.Effect.objects.filter(run_id__in=rows.values("pk"), state__in=LEAVING)
    sent.update(state="unknown", note=STOPPED)
    if what == "hold":
        rows.update(status="waiting", wake_at=None, wait_code="held", wait_reason=HELD, stop="")
    else:
        ended: dict[str, Any] = {"wake_at": None, "wait_code": "", "wait_reason": "", "stop": ""}
        rows.update(status="cancelled", ended_at=at, **ended)


def _wake_chats(executors: Sequence[str], at: float) -> None:
    """A chat's run may never have reached the disk: then it had sent nothing that counts."""
    for chat in tables.Conversation.objects.exclude(busy_run="").filter(busy_by__in=executors):
        sent = tables.Effect.objects.filter(run_id=chat.busy_run).exclude(state="refused")
        text = MAY_HAVE_ARRIVED if sent.exists() else NOT_SENT
        told = {"from": "fault", "text": text, "at": at}
        chat.messages = [*chat.messages, told]
        chat.busy_run = chat.busy_by = ""
        chat.save(update_fields=["messages", "busy_run", "busy_by"])
