"""Old runs are forgotten in pieces, the engine's part too, beside whoever writes meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.servers.desk import THE_APP
from tests.store.rows import effect, run_at
from tests.usecases.walking import ended, worker

from factotum.core.values import Moment
from factotum.runs.run import Entry, Step
from factotum.runs.tasks import Task
from factotum.store import models
from factotum.store.run_retention import StoredOldRuns
from factotum.store.runs_store import RunsStore
from factotum.usecases.retention import ROWS, Retention

pytestmark = pytest.mark.django_db(transaction=True)

DAY = 86400.0
STEPS = 6_000


class NoEngine:
    """Nothing was durable."""

    async def forget(self, tasks):
        assert list(tasks) == []


def retention(threads, engine=None, *, days=90, most=None, at=1e9 + 100 * DAY, runs=None):
    return Retention(
        runs=runs or StoredOldRuns(),
        engine=engine or NoEngine(),
        days=days,
        most=most,
        threads=threads,
        clock=lambda: Moment(datetime.fromtimestamp(at, UTC), 1),
    )


class Watched(StoredOldRuns):
    """Keeps how large each piece was."""

    def __init__(self):
        self.pieces = []

    def forget_part(self, run_ids, rows):
        count = super().forget_part(run_ids, rows)
        self.pieces.append(count)
        return count


async def test_a_run_of_many_steps_goes_in_pieces_between_which_others_write(
    threads, transactional_db
):
    huge, store = run_at(1e9), RunsStore()
    step = Step(1, "0", "action", "Say", "ok", at=1.0, data={"text": "x" * 200})
    entries = [
        Entry(huge, [replace(step, number=number)], [effect(huge, number)] if number % 10 else [])
        for number in range(1, STEPS + 1)
    ]
    for start in range(0, STEPS, 1000):
        await threads.run(store.write, entries[start : start + 1000])
    old = Watched()
    going = asyncio.create_task(retention(threads, runs=old).once())

    written = 0
    while not going.done():
        await threads.run(store.write, [Entry(run_at(1e9 + 99 * DAY, written), [step])])
        written += 1

    assert await going == 1
    assert max(old.pieces) <= ROWS
    assert sum(old.pieces) == STEPS + STEPS * 9 // 10
    assert written > len(old.pieces) / 4
    assert await threads.run(models.RunSteps.objects.count) == written
    assert await threads.run(models.Effect.objects.count) == 0
    assert await threads.run(models.Run.objects.count) == written


async def test_age_and_count_are_both_kept(threads, transactional_db):
    store = RunsStore()
    runs = [run_at(1e9 + day * DAY) for day in range(1, 10)]
    await threads.run(store.write, [Entry(run) for run in runs])

    assert await retention(threads, days=98).once() == 1  # the first began 99 days ago
    assert await retention(threads, days=98, most=3).once() == 5
    left = await threads.run(lambda: [run.id for run in store.page().runs])
    assert left == [run.id for run in reversed(runs[6:])]


async def test_runs_that_owe_an_answer_do_not_keep_those_behind_them(threads, transactional_db):
    store = RunsStore()
    owing = [run_at(1e9, number, status="failed") for number in range(450)]
    behind = run_at(1e9 + 1)
    await threads.run(store.write, [Entry(run, (), [effect(run, 0, "unknown")]) for run in owing])
    await threads.run(store.write, [Entry(behind)])

    assert await retention(threads).once() == 1
    assert await threads.run(store.get, behind.id) is None
    assert await threads.run(models.Run.objects.count) == 450


async def test_what_the_engine_keeps_of_a_run_goes_with_it(desk, linked):
    async with worker(desk):
        desk.fail("503", path="/1.1/users/show.json", times=1)
        view = await desk.app.run_behavior(
            THE_APP, linked["b_user"], {"var_name": "alice"}, wait=False
        )
        await ended(desk, view.run.id)
        await desk.app.resume_run(THE_APP, view.run.id)
        done = await ended(desk, view.run.id)
        later = await desk.app.run_behavior(
            THE_APP, linked["b_user"], {"var_name": "alice"}, wait=False
        )
        await ended(desk, later.run.id)
        assert (done.run.status, done.run.task) == ("done", 2)
        engine, threads = desk.parts.background.durable._engine, desk.parts.outside.threads
        tasks = [Task(view.run.id, number) for number in (1, 2)]
        assert [await engine.order(task) for task in tasks] != [None, None]

        at = later.run.started_at + 3600
        kept = retention(threads, engine, most=1, at=at)
        assert await kept.once() == 1

        assert [await engine.order(task) for task in tasks] == [None, None]
        assert await engine.order(Task(later.run.id)) is not None
        kept = desk.parts.outside.runs
        assert await threads.run(kept.recorded, view.run.id) == []
        assert await threads.run(kept.recorded, later.run.id)


async def test_a_task_of_a_run_that_is_deleted_does_nothing(desk, linked):
    desk.fail("403", path="/1.1/statuses/update.json", times=1)
    async with worker(desk):
        view = await desk.app.run_behavior(
            THE_APP, linked["b_post"], {"var_text": "No"}, wait=False
        )
        failed = await ended(desk, view.run.id)
        assert failed.run.status == "failed"
        threads, engine = desk.parts.outside.threads, desk.parts.background.durable._engine
        at = failed.run.started_at + 100 * DAY
        choice = await threads.run(StoredOldRuns().choose, "f" * 32, "", at, 10)
        assert [run.id for run in choice.runs] == [view.run.id]

        await desk.parts.background.durable.go_on(
            failed.run
        )  # a retry that was quicker to read the run
        await asyncio.sleep(0.5)
        await retention(threads, engine, at=at).once()
        await desk.parts.background.durable.work(Task(view.run.id, 2), {})

        assert len(desk.seen("POST", "/1.1/statuses/update.json")) == 1
        assert await threads.run(desk.parts.outside.runs.get, view.run.id) is None
