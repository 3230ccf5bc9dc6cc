"""Durable runs, schedules and house-keeping: what goes on while nobody asks for anything."""

from __future__ import annotations

from dataclasses import dataclass

from factotum.bootstrap.outside import Outside
from factotum.bootstrap.walking import Walking
from factotum.runs.durable import DurableDriver
from factotum.runs.late_engine import LateEngine
from factotum.runs.tasks import DurableEngine
from factotum.store.approvals import StoredApprovals
from factotum.store.bot_keys import StoredBotKeys
from factotum.store.deliveries import StoredDeliveries
from factotum.store.due import StoredDueTable
from factotum.store.idempotency_keys import StoredIdempotencyKeys
from factotum.store.latest_times import StoredLatestTimes
from factotum.store.leases import StoredLease
from factotum.store.run_retention import StoredOldRuns
from factotum.store.scheduled_runs import StoredScheduledRuns
from factotum.usecases.durable import DurableRuns
from factotum.usecases.elapsing import Elapsing
from factotum.usecases.housekeeping import Housekeeping
from factotum.usecases.retention import Retention
from factotum.usecases.schedules import Schedules
from factotum.usecases.working import Working


@dataclass(frozen=True, slots=True)
class Background:
    """Durable runs, and what goes on while nobody asks for anything."""

    durable: DurableRuns
    schedules: Schedules
    working: Working
    housekeeping: Housekeeping


def make_background(outside: Outside, walking: Walking) -> Background:
    """All of it."""
    tasks = LateEngine(lambda: _make_tasks(outside, walking))
    durable = DurableRuns(
        engine=tasks,
        driver=DurableDriver(walking.driver, tasks, outside.runs, outside.threads, walking.time),
        runner=walking.runner,
        book=walking.book,
        runs=outside.runs,
        sealer=walking.sealer,
        threads=outside.threads,
        clock=walking.time,
        times=StoredLatestTimes(),
    )
    return Background(
        durable=durable,
        schedules=_make_schedules(outside, walking, durable),
        working=Working(walking.presence, tasks, durable, walking.money.spending, walking.time),
        housekeeping=_make_housekeeping(outside, walking, tasks),
    )


def _make_tasks(outside: Outside, walking: Walking) -> DurableEngine:
    from factotum.telemetry.counted_engine import CountedEngine  # noqa: PLC0415  half a second

    config = outside.config
    tasks = CountedEngine(
        config.database_url, walking.sealer, lambda: walking.presence.life, config.concurrency
    )
    tasks.meters = outside.telemetry.meters
    return tasks


def _make_schedules(outside: Outside, walking: Walking, durable: DurableRuns) -> Schedules:
    return Schedules(
        due=StoredDueTable(),
        wanted=StoredScheduledRuns(),
        book=walking.book,
        runs=durable,
        threads=outside.threads,
        clock=walking.time,
        times=StoredLatestTimes(),
    )


def _make_housekeeping(outside: Outside, walking: Walking, tasks: DurableEngine) -> Housekeeping:
    config, money = outside.config, walking.money
    retention = Retention(
        runs=StoredOldRuns(),
        engine=tasks,
        days=config.retain_days,
        most=config.retain_runs,
        threads=outside.threads,
        clock=walking.time,
    )
    return Housekeeping(
        lease=StoredLease("housekeeping", walking.presence.executor_id),
        reserved=money.spending,
        retention=retention,
        bot_keys=StoredBotKeys(),
        idempotency_keys=StoredIdempotencyKeys(),
        limits=money.limits,
        meters=money.budgets,
        deliveries=StoredDeliveries(),
        approvals=StoredApprovals(),
        elapsing=Elapsing(StoredLatestTimes(), outside.threads),
        threads=outside.threads,
        clock=walking.time,
    )
