"""Firing what is due: nothing left out, nothing twice, whatever happens to clocks and processes."""

import asyncio
import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from tests.servers.desk import THE_APP

from factotum.core.errors import Refused
from factotum.core.values import Moment
from factotum.runs.schedules.firing import run_id_for
from factotum.runs.schedules.ports import LEASE
from factotum.store.due import StoredDueTable
from factotum.store.scheduled_runs import StoredScheduledRuns
from factotum.store.schedules import StoredSchedules
from factotum.usecases.schedules import MISSED, Schedules

pytestmark = pytest.mark.django_db(transaction=True)

PACKAGES = Path(__file__).parents[3] / "shared" / "packages"
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
        self.submitted = []
        self.refusal = None
        self.has_run = asyncio.Event()

    async def submit(self, behavior, *, run_id, trigger, by, payload=None, variables=None):
        await asyncio.sleep(0)
        if self.refusal:
            raise self.refusal
        self.submitted.append(run_id)
        self.runs.setdefault(run_id, (behavior, trigger, by.name, payload or {}, variables or {}))
        self.has_run.set()

    @property
    def moments(self):
        return sorted(int(run_id[:12], 16) // 1000 for run_id in self.runs)


class Dying(StoredDueTable):
    """A process that is killed between the run and the schedule."""

    def settle(self, settled, now):
        raise KeyboardInterrupt


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def looking(desk, recorder, clock):
    """One process's look-out."""

    def make(due=None):
        return Schedules(
            due=due or StoredDueTable(),
            wanted=StoredScheduledRuns(),
            book=desk.parts.walking.book,
            runs=recorder,
            threads=desk.parts.outside.threads,
            clock=clock,
        )

    return make


@pytest.fixture
def schedules(looking):
    return looking()


@pytest.fixture
async def bot(desk):
    return await desk.app.create(THE_APP, "bot", {"name": "Clock"}, {})


@pytest.fixture
def recurrent(desk, bot, schedules):
    """Makes a recurrent behavior that was looked at."""

    async def make(patterns="0 * * * *", **params):
        values = {
            "bot_id": bot.id,
            "title": "Each hour",
            "event_key": "event.behavior.recurrent",
            "event_params": {"repeat_patterns": patterns, **params},
        }
        record = await desk.app.create(THE_APP, "behavior", values, {})
        await schedules.once()
        return record

    return make


@pytest.fixture
def seen(desk):
    async def get(record):
        return await desk.parts.outside.threads.run(StoredSchedules().get, record.id)

    return get


async def test_the_published_package_fires_at_eight_in_los_angeles(
    desk, schedules, recorder, clock
):
    if not PACKAGES.exists():
        pytest.skip("the published packages are not there")
    package = json.loads((PACKAGES / "recurring-tasks.json").read_text())
    await desk.app.import_package(THE_APP, package)
    await schedules.once()
    clock.now = at("2026-05-04T14:59:59+00:00")
    await schedules.once()
    assert recorder.runs == {}

    clock.now = at("2026-05-04T15:00:00.2+00:00")
    await schedules.once()
    await schedules.once()

    [(behavior, trigger, by, payload, variables)] = recorder.runs.values()
    assert behavior.title == "Create daily tasks"
    assert (trigger, by) == ("event.behavior.recurrent", "schedule")
    assert (payload, variables) == ({}, {})
    assert recorder.moments == [at("2026-05-04T15:00+00:00")]


async def test_each_moment_fires_once_however_often_it_is_looked_at(
    recurrent, schedules, recorder, clock
):
    await recurrent()
    for _ in range(40):
        clock.now += 10 * 60
        await schedules.once()
        await schedules.once()

    assert recorder.moments == [NOON + n * HOUR for n in range(1, 7)]
    assert len(recorder.submitted) == 6


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_clock_set_back_fires_nothing_again(
    recurrent, looking, schedules, recorder, clock, is_restarted
):
    await recurrent()
    for hours in (1, 2):
        clock.now = NOON + hours * HOUR + 5
        await schedules.once()
    process = looking() if is_restarted else schedules
    for minutes in range(0, 130, 7):
        clock.now = NOON + minutes * 60
        await process.once()

    assert recorder.moments == [NOON + HOUR, NOON + 2 * HOUR]
    clock.now = NOON + 3 * HOUR
    await process.once()
    assert recorder.moments == [NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR]


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_clock_that_was_a_year_ahead_silences_nothing(
    recurrent, looking, schedules, recorder, clock, is_restarted
):
    await recurrent()
    clock.now = NOON + 365 * 24 * HOUR + 5
    await schedules.once()
    clock.now = NOON + 10
    process = looking() if is_restarted else schedules
    await process.once()
    for hours in (1, 2):
        clock.now = NOON + hours * HOUR
        await process.once()

    assert recorder.moments == [NOON + HOUR, NOON + 2 * HOUR, NOON + 365 * 24 * HOUR]
    assert len(recorder.submitted) == 3


async def test_an_edit_after_the_clock_was_set_back_fires_nothing_again(
    desk, recurrent, schedules, recorder, clock
):
    record = await recurrent()
    clock.now = NOON + HOUR + 5
    await schedules.once()
    clock.now = NOON + 5
    await desk.app.save(
        THE_APP, record.ref, {"event_params": {"repeat_patterns": "0 */1 * * *"}}, {}
    )
    await schedules.once()
    clock.now = NOON + HOUR + 5
    await schedules.once()

    assert recorder.moments == [NOON + HOUR]


@pytest.mark.parametrize(
    ("rule", "fired"),
    [("once", [5]), ("all", [1, 2, 3, 4, 5]), ("skip", [])],
)
async def test_downtime_is_made_up_for_by_the_rule(
    recurrent, schedules, recorder, clock, seen, rule, fired
):
    record = await recurrent(catch_up=rule)
    clock.now = NOON + 5 * HOUR + 600
    await schedules.once()

    assert recorder.moments == [NOON + n * HOUR for n in fired]
    told = await seen(record)
    assert told.next_at == NOON + 6 * HOUR
    assert told.note == ("" if rule == "all" else MISSED)
    clock.now = NOON + 6 * HOUR
    await schedules.once()
    assert recorder.moments == [NOON + n * HOUR for n in [*fired, 6]]
    assert (await seen(record)).note == ""


async def test_the_schedule_shows_its_last_firing_and_its_run(recurrent, schedules, clock, seen):
    record = await recurrent()
    clock.now = NOON + HOUR + 0.25
    await schedules.once()

    told = await seen(record)
    assert told.last_due == NOON + HOUR
    assert told.last_run_id == run_id_for(f"behavior:{record.id}", int(NOON) + HOUR)
    assert told.fired_at == NOON + HOUR + 0.25


@pytest.mark.parametrize("rule", ["once", "all"])
async def test_a_process_killed_after_the_run_was_written_fires_nothing_twice(
    recurrent, looking, schedules, recorder, clock, rule
):
    await recurrent(catch_up=rule)
    clock.now = NOON + 3 * HOUR + 5
    with pytest.raises(KeyboardInterrupt):
        await looking(Dying()).once()
    before = recorder.moments

    clock.now += 1
    await schedules.once()
    assert recorder.moments == before  # the dead one's lease
    clock.now += LEASE
    await schedules.once()

    assert recorder.moments == before
    assert len(recorder.submitted) == 2 * len(before)
    clock.now = NOON + 4 * HOUR
    await schedules.once()
    assert recorder.moments == [*before, NOON + 4 * HOUR]


async def test_many_processes_at_once_fire_each_moment_once(
    desk, bot, recurrent, looking, recorder, clock
):
    for _ in range(25):
        await recurrent()
    processes = [looking() for _ in range(4)]
    for hours in (1, 2):
        clock.now = NOON + hours * HOUR
        await asyncio.gather(*(process.once() for process in processes))

    assert len(recorder.runs) == 50
    assert len(recorder.submitted) == 50


async def test_an_edit_of_the_pattern_begins_anew(desk, recurrent, schedules, recorder, clock):
    record = await recurrent()
    clock.now = NOON + 3 * HOUR + 600
    params = {"repeat_patterns": "30 * * * *"}
    await desk.app.save(THE_APP, record.ref, {"event_params": params}, {})
    await schedules.once()
    assert recorder.moments == []

    clock.now = NOON + 3 * HOUR + 1800
    await schedules.once()
    assert recorder.moments == [NOON + 3 * HOUR + 1800]


async def test_another_edit_loses_no_firing_that_was_missed(
    desk, recurrent, schedules, recorder, clock
):
    record = await recurrent()
    clock.now = NOON + 3 * HOUR + 600
    await desk.app.save(THE_APP, record.ref, {"title": "Hourly", "priority": 3}, {})
    await schedules.once()

    [run] = recorder.runs.values()
    assert run[0].title == "Hourly"


async def test_what_is_disabled_does_not_fire_and_begins_anew_when_enabled(
    desk, bot, recurrent, schedules, recorder, clock
):
    record = await recurrent()
    for ref in (record.ref, bot.ref):
        await desk.app.save(THE_APP, ref, {"is_disabled": True}, {})
        await schedules.once()
        clock.now += 5 * HOUR
        await desk.app.save(THE_APP, ref, {"is_disabled": False}, {})
        await schedules.once()
    assert recorder.moments == []

    clock.now += HOUR
    await schedules.once()
    assert recorder.moments == [clock.now]


async def test_a_pattern_that_cannot_be_read_is_told_and_fires_nothing(
    recurrent, schedules, recorder, clock, seen
):
    record = await recurrent("0 25 * * *")

    told = await seen(record)
    assert told.next_at is None
    assert "25" in told.note
    assert await schedules.once() <= 1.0


async def test_a_run_that_is_refused_is_told_and_the_schedule_goes_on(
    recurrent, schedules, recorder, clock, seen
):
    record = await recurrent()
    recorder.refusal = Refused("Nobody can act as its owner.")
    clock.now = NOON + HOUR
    await schedules.once()

    told = await seen(record)
    assert (told.note, told.last_due) == ("Nobody can act as its owner.", None)
    assert told.next_at == NOON + 2 * HOUR


async def test_a_submit_that_breaks_is_made_again(recurrent, schedules, recorder, clock):
    await recurrent()
    recorder.refusal = OSError("the database is away")
    clock.now = NOON + HOUR
    await schedules.once()
    recorder.refusal = None
    clock.now += LEASE
    await schedules.once()

    assert recorder.moments == [NOON + HOUR]


async def test_a_wanted_run_gets_its_record_and_its_inputs(desk, bot, schedules, recorder, clock):
    values = {"bot_id": bot.id, "title": "Remind", "event_key": "event.macro.task"}
    behavior = await desk.app.create(THE_APP, "behavior", values, {})
    add = StoredScheduledRuns().add
    inputs = {"on": 7, "var_text": "Tea"}
    await desk.parts.outside.threads.run(add, behavior.id, int(NOON) + 60, "", inputs)
    await schedules.once()
    assert recorder.runs == {}

    clock.now = NOON + 60
    await schedules.once()
    await schedules.once()

    [(ran, trigger, by, payload, variables)] = recorder.runs.values()
    assert (ran.id, trigger, by) == (behavior.id, "event.macro.task", "schedule")
    assert (payload, variables) == ({"id": 7}, {"var_text": "Tea"})
    assert len(recorder.submitted) == 1


async def test_a_wanted_run_of_a_behavior_that_is_gone_is_forgotten(desk, schedules, recorder):
    await desk.parts.outside.threads.run(StoredScheduledRuns().add, 404, int(NOON), "", {})
    await schedules.once()

    assert recorder.runs == {}
    assert await desk.parts.outside.threads.run(StoredScheduledRuns().earliest) is None


@pytest.fixture
async def worker(desk):
    """This process takes up durable runs."""
    await desk.parts.background.working.begin(is_worker=True)
    yield
    await desk.parts.background.working.end()


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
    )


async def test_on_the_engine_a_killed_firing_is_one_run_that_ends(
    desk, recurrent, clock, worker, seen
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


async def test_on_the_engine_a_behavior_schedules_another_once(desk, bot, clock, worker):
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


async def test_it_sleeps_until_the_next_is_due_and_a_second_at_most(recurrent, schedules, clock):
    await recurrent()
    clock.now = NOON + HOUR - 0.25
    assert await schedules.once() == 0.25
    clock.now = NOON + 1
    assert await schedules.once() == 1.0


async def test_a_change_wakes_it(desk, bot, schedules, recorder, clock, recurrent):
    await recurrent()
    looking = asyncio.create_task(schedules.keep_time())
    await asyncio.sleep(0)
    clock.now = NOON + HOUR
    await desk.parts.outside.threads.run(schedules.wake)
    try:
        await asyncio.wait_for(recorder.has_run.wait(), 30)
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    assert recorder.moments == [NOON + HOUR]
    schedules.wake()  # nobody looks any more, and that is no fault
