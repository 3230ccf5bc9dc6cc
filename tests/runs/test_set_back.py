"""A clock that is set back is noticed, also by a process that begins afterwards."""

import pytest
from tests.usecases.schedules.look_out import HOUR, NOON, SetClock

from factotum.runs.set_back import SetBack


class Times(dict):
    """What is kept, and how often it was."""

    written = 0

    latest = dict.get

    def keep(self, name, at):
        self[name] = at
        self.written += 1


class Threads:
    async def run(self, work, *args):
        return work(*args)


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def times():
    return Times()


@pytest.fixture
def process(times, clock):
    """Makes processes; what each of them noticed."""

    def make():
        noticed = []
        eye = SetBack("waits", times, Threads(), clock, by=5.0)

        async def anew(now):
            noticed.append(now)

        async def look(now):
            clock.now = now
            await eye.look(anew)
            return noticed

        return look

    return make


async def test_it_is_noticed_once(process):
    look = process()
    await look(NOON)

    assert await look(NOON - HOUR) == [NOON - HOUR]
    assert await look(NOON - HOUR + 1) == [NOON - HOUR]


async def test_a_process_that_begins_notices_it_too(process):
    await process()(NOON)

    assert await process()(NOON - HOUR) == [NOON - HOUR]
    assert await process()(NOON - HOUR) == []


async def test_a_leap_forward_that_is_undone_while_nothing_runs_is_noticed(process):
    look = process()
    for now in (NOON, NOON + 1, NOON + HOUR):
        await look(now)

    assert await process()(NOON + 2) == [NOON + 2]


async def test_a_correction_is_none(process):
    look = process()
    await look(NOON)

    assert await look(NOON - 4) == []


async def test_it_is_written_down_once_a_minute(process, times):
    look = process()
    for second in range(180):
        await look(NOON + second)

    assert times.written == 3
