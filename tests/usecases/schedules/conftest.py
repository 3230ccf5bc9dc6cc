"""One process that looks for what is due, on a clock that is set."""

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.schedules.look_out import Recorder, SetClock

from factotum.store.due import StoredDueTable
from factotum.store.latest_times import StoredLatestTimes
from factotum.store.scheduled_runs import StoredScheduledRuns
from factotum.store.schedules import StoredSchedules
from factotum.usecases.schedules import Schedules


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
            times=StoredLatestTimes(),
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
