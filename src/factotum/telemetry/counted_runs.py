"""The runs' store, counting: nothing of it is done on the event loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from time import perf_counter

from factotum.runs.run import Entry, Run
from factotum.store.runs_store import RunsStore
from factotum.telemetry.meters import Meters


class CountedRuns(RunsStore):
    """Counts what is on disk: runs ended and parked, steps, effects."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters

    def write(self, entries: Sequence[Entry]) -> None:
        """As the base; a transaction that failed counts for nothing."""
        began = perf_counter()
        super().write(entries)
        self._meters.commits.observe(perf_counter() - began)
        self._meters.batches.observe(len(entries))
        self._count(entries)

    def _count(self, entries: Sequence[Entry]) -> None:
        """Counted together first: most of a batch has the same labels."""
        meters = self._meters
        steps: Counter[str] = Counter()
        ended: Counter[tuple[str, str]] = Counter()
        for entry in entries:
            run = entry.run
            steps[run.driver] += len(entry.steps)
            if run.ended_at is not None:
                ended[run.driver, run.status] += 1
                meters.durations[run.driver].observe(run.ended_at - run.started_at)
            elif run.status == "waiting":
                meters.waits[run.wait_code].inc()
            for effect in entry.effects:
                meters.effects[effect.state].inc()
        for driver, count in steps.items():
            meters.steps[driver].inc(count)
        for labels, count in ended.items():
            meters.ended[labels].inc(count)

    def interrupt(self, executors: Sequence[str], at: float) -> Sequence[Run]:
        """As the base."""
        interrupted = super().interrupt(executors, at)
        for run in interrupted:
            self._meters.ended[run.driver, "interrupted"].inc()
        return interrupted
