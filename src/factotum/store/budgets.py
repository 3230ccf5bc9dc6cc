"""Meters, caps and price tables: fulfils ``runs.budgets.ports.BudgetStore``.

A reservation is one ``INSERT … ON CONFLICT … DO UPDATE … WHERE`` a meter: the row is locked, what it
holds is looked at and added to in one statement, so whatever workers do at the same time no meter
ever holds more than its cap. Several meters are one transaction, always in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from factotum.runs.budgets.caps import Cap, Subject
from factotum.runs.budgets.periods import day_and_month
from factotum.runs.budgets.ports import Book, Change, Claim, Hold, Meter, MeterKey, Reserved
from factotum.store import models as tables
from factotum.store import reservations

NO_CAP = 2**62

RESERVE = """
INSERT INTO store_meter AS meter
    (subject_type, subject_id, period, requests, micros, reserved_requests, reserved_micros)
SELECT %s, %s, %s, 0, 0, 1, {micros} WHERE {micros} <= {cap} AND 1 <= {most}
ON CONFLICT (subject_type, subject_id, period) DO UPDATE SET
    reserved_requests = meter.reserved_requests + 1,
    reserved_micros = meter.reserved_micros + excluded.reserved_micros
WHERE meter.micros + meter.reserved_micros + excluded.reserved_micros <= {cap}
    AND meter.requests + meter.reserved_requests + 1 <= {most}
RETURNING requests, micros, reserved_requests, reserved_micros
"""

SETTLE = """
INSERT INTO store_meter AS meter
    (subject_type, subject_id, period, requests, micros, reserved_requests, reserved_micros)
VALUES (%s, %s, %s, %s, %s, 0, 0)
ON CONFLICT (subject_type, subject_id, period) DO UPDATE SET
    requests = meter.requests + excluded.requests,
    micros = meter.micros + excluded.micros,
    reserved_requests = meter.reserved_requests - %s,
    reserved_micros = meter.reserved_micros - %s
"""


class _NoRoom(Exception):
    """Undoes what the claims before this one have reserved."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim


class StoredBudgets:
    """A row a meter, a cap, a table."""

    def reserve(self, claims: Sequence[Claim], hold: Hold | None = None) -> Reserved:
        """All of them or none."""
        try:
            with transaction.atomic():
                meters = [_reserve(claim) for claim in claims]
                if hold is not None:
                    reservations.keep(hold, claims)
                return Reserved(meters)
        except _NoRoom as no_room:
            key = no_room.claim.key
            found = self.meters([key.subject], [key.period])
            return Reserved((), no_room.claim, found[0] if found else Meter(key))

    def settle(self, changes: Sequence[Change], released: Sequence[str] = ()) -> None:
        """Add what was spent, take off what was reserved."""
        with transaction.atomic():
            _write([*changes, *reservations.take_away(released)])

    def free(self, executor: str) -> int:
        """Take off what others reserved that live no more; of how many requests."""
        with transaction.atomic():
            before = tables.Reservation.objects.count()
            _write(reservations.free_of_the_dead(executor))
            return before - tables.Reservation.objects.count()

    def meters(self, subjects: Sequence[Subject], periods: Sequence[str]) -> Sequence[Meter]:
        """The meters there are; of all subjects where none is named."""
        rows = tables.Meter.objects.filter(period__in=periods)
        if subjects:
            whose = Q(pk__in=[])
            for subject in subjects:
                whose |= Q(subject_type=subject.type, subject_id=subject.id)
            rows = rows.filter(whose)
        return [
            Meter(
                MeterKey(Subject(row.subject_type, row.subject_id), row.period),
                row.requests,
                row.micros,
                row.reserved_requests,
                row.reserved_micros,
            )
            for row in rows.order_by("subject_type", "subject_id", "period")
        ]

    def book(self) -> Book:
        """All caps and price tables."""
        caps = tables.Cap.objects.order_by("subject_type", "subject_id", "-unit", "period")
        prices = tables.PriceTable.objects.all()
        return Book(
            [
                Cap(Subject(row.subject_type, row.subject_id), row.period, row.unit, row.amount)
                for row in caps
            ],
            {row.service_id: row.entries for row in prices},
        )

    def set_caps(self, subject: Subject, caps: Sequence[Cap]) -> None:
        """These are its caps now."""
        whose = {"subject_type": subject.type, "subject_id": subject.id}
        rows = [
            tables.Cap(**whose, period=cap.period, unit=cap.unit, amount=cap.amount) for cap in caps
        ]
        with transaction.atomic():
            tables.Cap.objects.filter(**whose).delete()
            tables.Cap.objects.bulk_create(rows)

    def set_prices(self, service_id: int, entries: Sequence[Mapping[str, Any]] | None) -> None:
        """This is its table now; None goes back to the product's own."""
        if entries is None:
            tables.PriceTable.objects.filter(pk=service_id).delete()
            return
        kept = [dict(entry) for entry in entries]
        tables.PriceTable.objects.update_or_create(pk=service_id, defaults={"entries": kept})

    def purge(self, before: float) -> int:
        """Forget meters of months, and their days, that ended before then; how many."""
        _, month = day_and_month(before)
        tables.Reservation.objects.filter(reserved_at__lt=before).delete()
        return tables.Meter.objects.filter(period__lt=month).delete()[0]


def _write(changes: Iterable[Change]) -> None:
    """Each meter in one statement, always in the same order."""
    sums: dict[MeterKey, Change] = {}
    for each in changes:
        sums[each.key] = sums[each.key] + each if each.key in sums else each
    rows = [
        (
            *key.subject,
            key.period,
            each.requests,
            each.micros,
            each.released_requests,
            each.released_micros,
        )
        for key, each in sorted(sums.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(SETTLE, rows)


def _reserve(claim: Claim) -> Meter:
    cap = NO_CAP if claim.cap_micros is None else claim.cap_micros
    most = NO_CAP if claim.cap_requests is None else claim.cap_requests
    # whole numbers of ours: as parameters PostgreSQL would not know their type
    statement = RESERVE.format(micros=int(claim.micros), cap=int(cap), most=int(most))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*claim.key.subject, claim.key.period])
        row = cursor.fetchone()
    if row is None:
        raise _NoRoom(claim)
    return Meter(claim.key, *row)
