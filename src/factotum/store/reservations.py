"""Who has reserved what of the meters, a row a request, so that what dead processes held can be freed.

A row goes with what it holds, in one transaction: whoever takes it away takes its sum off the meters,
nobody else. What was reserved for a request that may have been sent is never given back: it is
counted as spent, with the most it may cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from factotum.runs.budgets.caps import Subject
from factotum.runs.budgets.ports import Change, Claim, Hold, MeterKey
from factotum.runs.run import OPEN
from factotum.store.models import Effect, Executor, Reservation

AT_ONCE = 500  # rows that are taken away together


def keep(hold: Hold, claims: Sequence[Claim]) -> None:
    """Write down who holds what these claims have reserved."""
    Reservation.objects.create(
        id=hold.id,
        executor=hold.executor,
        run_id=hold.run_id,
        is_safe=hold.is_safe,
        micros=claims[0].micros,
        meters=[[*claim.key.subject, claim.key.period] for claim in claims],
        reserved_at=hold.at,
    )


def take_away(ids: Sequence[str]) -> list[Change]:
    """What those of them that are still there had reserved."""
    taken: list[Reservation] = []
    for first in range(0, len(ids), AT_ONCE):
        rows = Reservation.objects.filter(pk__in=ids[first : first + AT_ONCE])
        taken += rows.select_for_update().order_by("pk")
    return _release(taken, ())


def free_of_the_dead(executor: str) -> list[Change]:
    """What others than this process held that live no more.

    What is not known yet, because nobody has said whether it happened, stays reserved.
    """
    living = Executor.objects.filter(is_dead=False).values("pk")
    rows = Reservation.objects.exclude(executor=executor).exclude(executor__in=living)
    unsent: list[Reservation] = []
    sent: list[Reservation] = []
    for row in rows.select_for_update().order_by("pk"):
        was_sent = _was_sent(row)
        if was_sent is not None:
            (sent if was_sent else unsent).append(row)
    return _release([*unsent, *sent], {row.pk for row in sent})


def _was_sent(row: Reservation) -> bool | None:
    """Whether its request may have been sent; None where that will be said later.

    The requests of a run come one after the other, and one that changes something is written down
    between its reservation and its sending. Of others nothing is written down beforehand.
    """
    if row.is_safe:
        return True
    effect = _effect_of(row)
    if effect is None:
        return bool(row.effect)  # it was there, and is forgotten
    if effect.state in OPEN:
        Reservation.objects.filter(pk=row.pk).update(effect=effect.pk)
        return None
    return effect.state != "refused" and effect.outcome != "not-done"


def _effect_of(row: Reservation) -> Effect | None:
    if row.effect:
        return Effect.objects.filter(pk=row.effect).first()
    of_run = Effect.objects.filter(run_id=row.run_id).order_by("intended_at")
    later = of_run.filter(intended_at__gte=row.reserved_at).first()
    # one that is sent again after it was asked for reserves when it is written down already
    about_it = Q(state__in=OPEN) | Q(answered_at__gte=row.reserved_at)
    return later or of_run.filter(about_it).last()


def _release(rows: Sequence[Reservation], spent: Iterable[str]) -> list[Change]:
    for first in range(0, len(rows), AT_ONCE):
        keys = [row.pk for row in rows[first : first + AT_ONCE]]
        Reservation.objects.filter(pk__in=keys).delete()
    changes = []
    for row in rows:
        counted = row.pk in spent
        for kind, number, period in row.meters:
            key = MeterKey(Subject(kind, number), period)
            used = (1, row.micros) if counted else (0, 0)
            changes.append(Change(key, *used, released_requests=1, released_micros=row.micros))
    return changes
