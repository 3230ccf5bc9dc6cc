"""The time that all processes have in common: that of their database.

Where several machines walk runs, one says when something was sent and another how long that is ago; with clocks
that differ a post would count as not made too early. So runs go by the database's clock where this machine's is
another, and whoever runs the machine is told. On SQLite there is one machine, and nothing to compare. What is
signed goes by this machine's own clock: the database's may be the wrong one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from factotum.core.ports import Clock, Threads
from factotum.core.values import Moment

COMPARED_EVERY = 10.0  # seconds
DIFFERENT = 5.0  # seconds; what is less is drift, and a busy machine

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WrongClock:
    """A process whose clock is so many seconds ``ahead`` of the database's; behind, where that is below 0."""

    host: str
    process: str
    ahead: float

    @property
    def sentence(self) -> str:
        """For whoever runs the machines.

        >>> WrongClock("web-2", "4711", -600.0).sentence
        "The clock of web-2 (process 4711) is 600 seconds behind the database's. Set whichever is wrong."
        """
        return (
            f"The clock of {self.host} (process {self.process}) is {abs(self.ahead):.0f} seconds "
            f"{side_of(self.ahead)} the database's. Set whichever is wrong."
        )


def side_of(ahead: float) -> str:
    """Where a clock is beside another."""
    return "ahead of" if ahead > 0 else "behind"


class Clocks(Protocol):
    """The database's clock, and what each process has found of its own."""

    def ahead(self, clock: Clock) -> float | None:
        """By how many seconds this clock is before the database's; None where nothing says so exactly."""

    def keep(self, executor_id: str, ahead: float) -> None:
        """That of a process that lives."""

    def wrong(self, by: float) -> Sequence[WrongClock]:
        """The living processes whose clocks differ by more."""


class SharedTime:
    """Fulfils ``core.ports.Clock``; this machine's own until it has been compared."""

    def __init__(self, clocks: Clocks, threads: Threads, clock: Clock) -> None:
        self._clocks = clocks
        self._threads = threads
        self._clock = clock
        self._ahead = 0.0

    def __call__(self) -> Moment:
        """Now."""
        moment = self._clock()
        if not self._ahead:
            return moment
        return replace(moment, at=moment.at - timedelta(seconds=self._ahead))

    async def compare(self, executor_id: str) -> None:
        """Look at both clocks, and say so where they begin or cease to differ."""
        ahead = await self._threads.run(self._clocks.ahead, self._clock)
        if ahead is None:
            return
        before, self._ahead = self._ahead, ahead if abs(ahead) > DIFFERENT else 0.0
        if self._ahead or before:
            await self._threads.run(self._clocks.keep, executor_id, self._ahead)
            self._tell(before)

    def _tell(self, before: float) -> None:
        """Once for each change."""
        if self._ahead and abs(self._ahead - before) > DIFFERENT:
            log.warning(
                "This machine's clock is %.0f s %s the database's; runs go by the database's. Set whichever "
                "is wrong.",
                abs(self._ahead),
                side_of(self._ahead),
            )
        elif not self._ahead:
            log.warning("This machine's clock and the database's agree again.")

    async def keep(self, executor_id: str) -> None:
        """Compare until cancelled."""
        while True:
            try:
                await self.compare(executor_id)
            except Exception:  # the database is away: it is asked again
                log.info("This machine's clock could not be compared.", exc_info=True)
            await asyncio.sleep(COMPARED_EVERY)

    async def wrong(self) -> Sequence[str]:
        """A sentence for each process whose clock is another than the database's."""
        found = await self._threads.run(self._clocks.wrong, DIFFERENT)
        return [each.sentence for each in found]
