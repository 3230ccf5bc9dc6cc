"""Clocks beside PostgreSQL's: fulfils ``runs.shared_time.Clocks``. SQLite has none of its own."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from time import monotonic

from django.db import connection
from django.db.models import Q

from factotum.core.ports import Clock
from factotum.runs.shared_time import WrongClock
from factotum.store.models import Executor

PROMPT = 1.0  # seconds; an answer that took longer says nothing exact


class StoredClocks:
    """By asking, and in the rows of the processes."""

    def ahead(self, clock: Clock) -> float | None:
        """By how many seconds this clock is before the database's; None where nothing says so exactly."""
        if connection.vendor != "postgresql":
            return None
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # connecting takes its time
            began, before = monotonic(), clock().at.timestamp()
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            (told,) = cursor.fetchone() or (0,)
        took = monotonic() - began
        return None if took > PROMPT else before + took / 2 - float(told)

    def keep(self, executor_id: str, ahead: float) -> None:
        """That of a process that lives."""
        Executor.objects.filter(pk=executor_id).update(ahead=ahead, host=socket.gethostname()[:100])

    def wrong(self, by: float) -> Sequence[WrongClock]:
        """The living processes whose clocks differ by more."""
        rows = Executor.objects.filter(Q(ahead__gt=by) | Q(ahead__lt=-by), is_dead=False)
        found = rows.order_by("host", "pk").values_list("host", "pk", "ahead")
        return [WrongClock(host, _process(key), ahead) for host, key, ahead in found]


def _process(executor_id: str) -> str:
    """Its number on its machine: ``factotum.process`` puts it second."""
    return [*executor_id.split("-"), "?"][1]
