"""A look-out on a clock that is set, and what it submits."""

from __future__ import annotations

import asyncio
from datetime import datetime

from factotum.core.values import Moment
from factotum.store.due import StoredDueTable

HOUR = 3600


def at(text):
    return datetime.fromisoformat(text).timestamp()


NOON = at("2026-05-04T12:00+00:00")  # a Monday


class SetClock:
    """A clock that shows what it is set to."""

    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        return Moment.of(self.now)


class Recorder:
    """Keeps what is submitted; a run id counts once, as ``DurableRuns`` promises."""

    def __init__(self):
        self.runs = {}
        self.queued = {}
        self.submitted = []
        self.refusal = None
        self.refused = {}
        self.has_run = asyncio.Event()

    async def submit_all(self, submissions):
        await asyncio.sleep(0)
        return [self._refusal(each) or self._keep(each) for each in submissions]

    def _refusal(self, one):
        return self.refusal or self.refused.get(one.behavior.id)

    def _keep(self, one):
        self.submitted.append(one.run_id)
        told = (one.behavior, one.trigger, one.by.name, one.payload, one.variables)
        self.runs.setdefault(one.run_id, told)
        self.queued.setdefault(one.run_id, (one.priority, one.deadline))
        self.has_run.set()

    @property
    def moments(self):
        return sorted(int(run_id[:12], 16) // 1000 for run_id in self.runs)


class Dying(StoredDueTable):
    """A process that is killed between the run and the schedule."""

    def settle(self, settled, now):
        raise KeyboardInterrupt
