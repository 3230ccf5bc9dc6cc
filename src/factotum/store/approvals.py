"""What runs ask people for: fulfils ``runs.approvals.Asking`` and ``usecases.approval_desk.Approvals``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from factotum.records.values import UNKEPT
from factotum.runs import approvals
from factotum.runs.approvals import KIND
from factotum.store.models import Approval, Bot, Run

UNENDED = ("queued", "running", "waiting")
UNWALKED = ("queued", "waiting")
AT_ONCE = 500  # rows forgotten in one transaction


class StoredApprovals:
    """A row a question, until its run goes away."""

    def ask(self, question: approvals.Approval) -> approvals.Approval:
        """Keep it, unless it is kept already; as it is now. Other open ones of its run go away."""
        values = asdict(question)
        key = values.pop("key")
        values["message"] = UNKEPT.sub("\ufffd", question.message)
        with transaction.atomic():
            row, is_new = Approval.objects.get_or_create(key=key, defaults=values)
            if is_new:
                Approval.objects.open().filter(run_id=row.run_id).exclude(pk=key).delete()
        return _approval(row)

    def expire(self, key: str, at: float) -> approvals.Approval:
        """Nobody has said in time; as it is now, for somebody may have been faster."""
        Approval.objects.open().filter(pk=key).update(outcome="expired", said_at=at)
        return _approval(Approval.objects.get(pk=key))

    def say(self, said: approvals.Approval) -> bool:
        """Keep what a person said; the run is due. False where it was said before, or is not asked now.

        While a run is walked it is not asked: it may have looked for the answer a moment ago.
        """
        with transaction.atomic():
            runs = Run.objects.filter(pk=said.run_id, status__in=UNWALKED)
            if runs.select_for_update().first() is None:
                return False
            rows = Approval.objects.open().filter(pk=said.key)
            comment = UNKEPT.sub("\ufffd", said.comment)
            count = rows.update(
                outcome=said.outcome, said_by=said.said_by, comment=comment, said_at=said.said_at
            )
            if count:
                runs.filter(status="waiting", wait_code=KIND).update(wake_at=said.said_at)
        return count == 1

    def purge(self, before: float) -> int:
        """Forget what runs asked that ended before then without having been told; how many.

        They are no more asked, but each page that counts what is would pass over them.
        """
        ended = Run.objects.filter(pk=OuterRef("run_id"), ended_at__lt=before)
        rows, gone = Approval.objects.open().filter(Exists(ended)), 0
        while some := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
            gone += rows.filter(pk__in=some).delete()[0]
        return gone

    def get(self, key: str, worker_id: int | None) -> approvals.Approval | None:
        """The question, if this worker may say (None: an admin)."""
        row = _of(Approval.objects.all(), worker_id).filter(pk=key).first()
        return _approval(row) if row else None

    def open(
        self, worker_id: int | None, *, after: str = "", limit: int = 50, run_id: str = ""
    ) -> Sequence[approvals.Approval]:
        """Questions that this worker may answer (None: an admin), by key, so by their runs' time."""
        rows = _open(worker_id).filter(key__gt=after)
        if run_id:
            rows = rows.filter(run_id=run_id)
        return [_approval(row) for row in rows.order_by("key")[:limit]]

    def count(self, worker_id: int | None, most: int = 100) -> int:
        """How many of these there are; ``most`` for as many and more."""
        return len(_open(worker_id).values_list("pk")[:most])


def _of(rows: QuerySet[Approval], worker_id: int | None) -> QuerySet[Approval]:
    if worker_id is None:
        return rows
    bots = Bot.objects.filter(owner_context="worker", owner_id=worker_id)
    is_owner = Q(worker_id=None, bot_id__in=bots.values("pk"))
    return rows.filter(Q(worker_id=worker_id) | is_owner)


def _open(worker_id: int | None) -> QuerySet[Approval]:
    """Of a run that has ended nothing is open."""
    runs = Run.objects.filter(pk=OuterRef("run_id"), status__in=UNENDED)
    return _of(Approval.objects.open(), worker_id).filter(Exists(runs))


def _approval(row: Approval) -> approvals.Approval:
    names = approvals.Approval.__slots__
    return approvals.Approval(**{name: getattr(row, name) for name in names})
