"""Attempts of which only so many are allowed within a time, counted by all processes on the database.

A row remembers when the last ones were, by the database's clock, so that machines whose clocks differ
count alike. Rows are locked in one order, so that who comes at the same moment waits and counts on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Length, Now

from factotum.store.models import Attempts

LONGEST = timedelta(hours=1)
"""No rate looks further back; a row that is older counts for nothing."""
MOST_ROWS = 100_000
SWEPT_AT_ONCE = 1000
A_MINUTE = 60.0

Rate = tuple[int, float]
"""So many, within so many seconds."""


class AttemptCounter:
    """Counts for one process on what all share. Blocking: call it from a thread."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._swept_at: float | None = None

    def take(self, limits: Mapping[str, Sequence[Rate]]) -> bool:
        """Whether one more is allowed of every key, and then it is counted for each.

        A key is at most 64 characters. Whoever is refused writes nothing.
        """
        if any(_is_full(row, limits[row.key]) for row in _rows(limits)):
            return False
        is_taken = self._count(limits)
        self._sweep_sometimes()
        return is_taken

    def give_back(self, keys: Collection[str]) -> None:
        """The last one counted of each was none."""
        with transaction.atomic():
            rows = list(_rows(keys).select_for_update())
            for row in rows:
                row.times = row.times[:-1]
            Attempts.objects.bulk_update(rows, ["times"])

    def _count(self, limits: Mapping[str, Sequence[Rate]]) -> bool:
        with transaction.atomic():
            Attempts.objects.bulk_create(  # which locks them, also where they are there already
                [Attempts(key=key, last_at=Now()) for key in sorted(limits)],
                update_conflicts=True,
                unique_fields=["key"],
                update_fields=["last_at"],
            )
            rows = list(_rows(limits))
            if any(_is_full(row, limits[row.key]) for row in rows):
                return False
            for row in rows:
                longest = max(amount for amount, _ in limits[row.key])
                row.times = [*row.times, row.now.timestamp()][-longest:]
            Attempts.objects.bulk_update(rows, ["times"])
            return True

    def _sweep_sometimes(self) -> None:
        now = monotonic()
        if self._swept_at is None or now - self._swept_at > A_MINUTE:
            self._swept_at = now
            self.sweep()

    def sweep(self) -> None:
        """What counts no longer goes, and of too many rows those that count least."""
        while _delete(Attempts.objects.filter(last_at__lt=Now() - LONGEST)) == SWEPT_AT_ONCE:
            pass
        least = Attempts.objects.order_by(Length("times"), "last_at")
        while (excess := Attempts.objects.count() - self._most_rows) > 0 and _delete(least, excess):
            pass


def _rows(keys: Collection[str]) -> QuerySet[Any]:
    return Attempts.objects.filter(pk__in=list(keys)).annotate(now=Now()).order_by("pk")


def _is_full(row: Any, rates: Sequence[Rate]) -> bool:
    """Whether a rate has no room; what seems to come after now was before the clock was set back."""
    ago = [abs(row.now.timestamp() - at) for at in row.times]
    return any(sum(each < seconds for each in ago) >= amount for amount, seconds in rates)


def _delete(rows: QuerySet[Attempts], most: int = SWEPT_AT_ONCE) -> int:
    """How many rows are gone; none that somebody counts in right now."""
    with transaction.atomic():
        keys = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
        return Attempts.objects.filter(pk__in=list(keys[: min(most, SWEPT_AT_ONCE)])).delete()[0]
