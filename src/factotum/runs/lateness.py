"""How long a service may yet do what it got: until then, what it does not show may come.

Who answers questions at once may have a long queue of what it is to do. That a request was not made is
believed a little after the time for which an answer is waited for: a service that takes longer lets others
wait in vain, too. Where it is known that it had left and was not answered at once, and then its process died,
nobody waited to the end: it is believed after ten times that time.

It is never believed where the service let that time pass without an answer: it takes as long as nobody knows,
so it is looked for ever more seldom, for a day, and then a person is asked. Around such a request others are
not believed either.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Protocol

from factotum.core.ports import Threads
from factotum.runs.run import EffectRow
from factotum.runs.steady import Steadiness

AROUND = 600.0  # seconds before a request; who was slow then may be slow now
LONGEST = 86400.0  # seconds
MARGIN = 10.0  # seconds
TIMES = 10


class SlowServices(Protocol):
    """What the ledger knows of services that did not answer in time."""

    def is_slow(self, host: str, since: float) -> bool:
        """Whether a request sent since then got no answer in time, and nobody knows yet what became of it."""


class Lateness:
    """``patience`` is for how many seconds an answer is waited for."""

    def __init__(
        self, services: SlowServices, threads: Threads, steady: Steadiness, patience: float
    ) -> None:
        self._services = services
        self._threads = threads
        self._steady = steady
        self._patience = patience

    def next_look(self, row: EffectRow, said: Sequence[float]) -> float:
        """Seconds until it is to be looked for again: 0 if it was for the last time, inf for a person."""
        waited = self._steady.waited(row.answered_at or row.intended_at)
        patience = self._patience + MARGIN if row.sent_at is None else self._patience * TIMES
        for each in looks_until(patience, said):
            if each > waited:
                return each - waited
        if not row.timed_out:
            return 0.0
        return waited if waited < LONGEST else inf

    async def is_likely(self, row: EffectRow) -> bool:
        """Whether the service was slow with others."""
        since = row.intended_at - AROUND
        return await self._threads.run(self._services.is_slow, row.host, since)


def looks_until(patience: float, said: Sequence[float]) -> Sequence[float]:
    """When it is looked for, in seconds: as said, then ever more seldom, the last time not before ``patience``.

    >>> looks_until(300.0, (2, 8, 20))
    (2, 8, 20, 40, 80, 160, 300.0)
    >>> looks_until(300.0, (3, 600))
    (3, 600)
    """
    looks = list(said)
    while looks[-1] < patience:
        looks.append(min(looks[-1] * 2, patience))
    return tuple(looks)
