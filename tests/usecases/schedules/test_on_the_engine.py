"""The look-out with the engine behind it: runs that are really walked."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.schedules.look_out import HOUR, NOON, Dying
from tests.usecases.walking import worker

from factotum.core.errors import BadInput
from factotum.core.values import Ref
from factotum.runs.schedules.ports import LEASE
from factotum.store.due import StoredDueTable
from factotum.store.latest_times import StoredLatestTimes
from factotum.store.scheduled_runs import StoredScheduledRuns
from factotum.usecases import submission
from factotum.usecases.schedules import Schedules

pytestmark = pytest.mark.django_db(transaction=True)


async def run_ended(desk, run_id):
    async with asyncio.timeout(60):
        while True:
            view = await desk.app.run_view(THE_APP, run_id)
            if view.run.status not in {"queued", "running"}:
                return view.run
            await asyncio.sleep(0.05)


def real(desk, clock, due=None):
    """One process's look-out with the engine behind it."""
    return Schedules(
        due=due or StoredDueTable(),
        wanted=StoredScheduledRuns(),
        book=desk.parts.walking.book,
        runs=desk.parts.background.durable,
        threads=desk.parts.outside.threads,
        clock=clock,
        times=StoredLatestTimes(),
    )


async def test_on_the_engine_a_killed_firing_is_one_run_that_ends(
    desk, recurrent, clock, working, seen
):
    record = await recurrent()
    clock.now = NOON + HOUR + 5
    with pytest.raises(KeyboardInterrupt):
        await real(desk, clock, Dying()).once()
    [run] = (await desk.app.runs(THE_APP)).runs
    assert (await run_ended(desk, run.id)).status == "done"

    clock.now += LEASE
    await real(desk, clock).once()

    [again] = (await desk.app.runs(THE_APP)).runs
    assert (again.id, again.status, again.driver) == (run.id, "done", "durable")
    assert (again.trigger, again.actor) == ("event.behavior.recurrent", "schedule")
    assert (await seen(record)).last_run_id == run.id


async def test_on_the_engine_many_whose_firing_was_killed_half_way_are_one_run_each(
    desk, recurrent, clock, seen, monkeypatch
):
    records = [await recurrent() for _ in range(9)]
    clock.now = NOON + HOUR

    def die(point):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(submission, "passing", die)
        with pytest.raises(KeyboardInterrupt):
            await real(desk, clock).once()
    assert (await desk.app.runs(THE_APP)).runs == []
    clock.now += LEASE
    await real(desk, clock).once()

    told = [await seen(record) for record in records]
    assert {each.last_due for each in told} == {NOON + HOUR}
    async with worker(desk):
        ends = [await run_ended(desk, each.last_run_id) for each in told]
    assert {run.status for run in ends} == {"done"}
    assert len((await desk.app.runs(THE_APP)).runs) == 9


async def test_on_the_engine_a_behavior_schedules_another_once(desk, bot, clock, working):
    later = {
        "bot_id": bot.id,
        "title": "Later",
        "event_key": "event.macro.bot",
        "variables": {"var_text": {"type": "S", "label": "Text"}},
    }
    later = await desk.app.create(THE_APP, "behavior", later, {})
    step = {
        "action": "_schedule_behavior",
        "behavior_id": str(later.id),
        "run_date": "+2 days",
        "var_text": "Tea",
    }
    nodes = [{"type": "action", "title": "Plan it", "params": {"actions": [step]}}]
    values = {"bot_id": bot.id, "title": "Plan", "event_key": "event.macro.bot", "nodes": nodes}
    plan = await desk.app.create(THE_APP, "behavior", values, {})
    planned = await desk.app.run_behavior(THE_APP, plan.id, {})
    assert planned.status == "done"
    clock.now = planned.run.started_at + 2 * 86400 + 60

    for _ in range(2):
        await real(desk, clock).once()

    runs = (await desk.app.runs(THE_APP, behavior_id=later.id)).runs
    assert len(runs) == 1
    assert (await run_ended(desk, runs[0].id)).status == "done"
    view = await desk.app.run_view(THE_APP, runs[0].id)
    assert view.placeholders["var_text"] == "Tea"


@pytest.mark.parametrize("wait", [True, False])
async def test_a_later_run_is_at_the_time_on_the_wall_of_the_bots_owner(desk, bob, working, wait):
    await desk.app.save(THE_APP, Ref("worker", bob.worker_id), {"timezone": "Asia/Tokyo"}, {})
    bot = await desk.app.create(bob, "bot", {"name": "Bob's"}, {})
    step = {"action": "_schedule_behavior", "run_date": "tomorrow 08:30"}
    nodes = [{"type": "action", "title": "Plan it", "params": {"actions": [step]}}]
    values = {"bot_id": bot.id, "title": "Plan", "event_key": "event.macro.bot", "nodes": nodes}
    plan = await desk.app.create(bob, "behavior", values, {})
    step["behavior_id"] = str(plan.id)
    await desk.app.save(bob, plan.ref, {"nodes": nodes}, {})

    view = await desk.app.run_behavior(bob, plan.id, {}, wait=wait)
    assert (await run_ended(desk, view.run.id)).status == "done"

    wanted = await desk.parts.outside.threads.run(StoredScheduledRuns().earliest)
    on_the_wall = datetime.fromtimestamp(wanted, ZoneInfo("Asia/Tokyo"))
    assert f"{on_the_wall:%H:%M}" == "08:30"


async def test_a_zone_that_there_is_not_is_refused(desk, bob):
    with pytest.raises(BadInput, match="There is no time zone Mars/Base"):
        await desk.app.save(THE_APP, Ref("worker", bob.worker_id), {"timezone": "Mars/Base"}, {})
