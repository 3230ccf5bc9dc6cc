"""A journal on the test's database."""

from dataclasses import dataclass

import pytest

from factotum.clock import SystemClock
from factotum.core.values import Actor
from factotum.runs.budgets.spending import Spending
from factotum.runs.context import RunContext
from factotum.runs.gate import Gate
from factotum.runs.journal import RunJournal
from factotum.runs.limits.gate import LimitGate
from factotum.runs.limits.keeping import SharedWindows
from factotum.runs.run import Run
from factotum.runs.writing import JournalWriter
from factotum.store.budgets import StoredBudgets
from factotum.store.limit_windows import StoredLimits
from factotum.store.run_sealer import RunSealer
from factotum.store.runs_store import RunsStore
from factotum.store.secret_box import SealedBox


@dataclass
class Journals:
    """Begins runs and looks at what is on disk of them."""

    writer: JournalWriter
    clock: SystemClock
    store: RunsStore
    threads: object
    count: int = 0

    def begin(self, title="Run", **values):
        self.count += 1
        kept = {"trigger": "api", "driver": "attended", "status": "running", **values}
        run = Run(id=f"{self.count:032x}", title=title, started_at=1.0, **kept)
        return RunJournal(run, self.writer, self.clock)

    def context(self, **values):
        return RunContext(self.begin(**values), Actor.app())

    async def run(self, journal):
        return await self.threads.run(self.store.get, journal.run.id)

    async def steps(self, journal):
        return await self.threads.run(self.store.steps, journal.run.id)

    async def effects(self, journal):
        return await self.threads.run(self.store.effects, journal.run.id)


@pytest.fixture
def runs_store():
    return RunsStore()


@pytest.fixture
def journals(transactional_db, threads, runs_store):
    clock = SystemClock()
    return Journals(JournalWriter(runs_store, threads), clock, runs_store, threads)


@pytest.fixture
def gate(transactional_db, threads):
    """The gate of one worker, on the test's database."""
    clock = SystemClock()
    windows = LimitGate(SharedWindows(StoredLimits(), threads, clock), clock)
    return Gate(windows, Spending(StoredBudgets(), threads, clock), clock)


@pytest.fixture
async def sealer(threads, root_key, transactional_db):
    sealer = RunSealer(SealedBox(root_key))
    await threads.run(sealer.open)
    return sealer
