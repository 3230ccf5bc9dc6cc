"""Work that only one process does at a time: fulfils ``usecases.housekeeping.Lease``.

Whose it is says a row; it is free again when it is given back, or when its holder lives no more
(``store.presences``). No clock is asked.
"""

from __future__ import annotations

from django.db.models import Q

from factotum.store.models import Executor
from factotum.store.models import Lease as Row


class StoredLease:
    """One kind of work, for one process."""

    def __init__(self, name: str, executor_id: str) -> None:
        self._name = name
        self._executor_id = executor_id

    def take(self) -> bool:
        """Whether it is this process's now; it may be so already."""
        Row.objects.bulk_create([Row(name=self._name)], ignore_conflicts=True)
        living = Executor.objects.filter(is_dead=False).values("pk")
        is_free = Q(holder__in=["", self._executor_id]) | ~Q(holder__in=living)
        # one statement: of several at once, the second finds a holder that lives
        rows = Row.objects.filter(is_free, name=self._name)
        return rows.update(holder=self._executor_id) == 1

    def give_back(self) -> None:
        """Others may have it, unless they took it long ago."""
        Row.objects.filter(name=self._name, holder=self._executor_id).update(holder="")
