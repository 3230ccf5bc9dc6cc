"""Machines whose clocks differ go by their database's, and say so; alone, by their own."""

import pytest
from tests.usecases.schedules.look_out import HOUR, NOON, SetClock

from factotum.runs.shared_time import SharedTime, WrongClock
from factotum.runs.steady import Steadiness


class Threads:
    async def run(self, work, *args):
        return work(*args)


class Clocks(dict):
    """Those of processes, and one that is right."""

    def __init__(self):
        super().__init__()
        self.right = SetClock()

    def ahead(self, clock):
        return None if self.right is None else clock.now - self.right.now

    def keep(self, executor_id, ahead):
        self[executor_id] = ahead

    def wrong(self, by):
        rows = sorted(self.items())
        return [WrongClock("web-2", key, ahead) for key, ahead in rows if abs(ahead) > by]


@pytest.fixture
def clocks():
    return Clocks()


@pytest.fixture
def own():
    return SetClock()


@pytest.fixture
def time(clocks, own):
    return SharedTime(clocks, Threads(), own)


@pytest.mark.parametrize("by", [HOUR, -HOUR])
async def test_a_wrong_clock_is_told_once_and_shows_what_the_database_shows(
    time, clocks, own, by, caplog
):
    own.now = NOON + by
    for _ in range(3):
        await time.compare("4711")

    assert time().at.timestamp() == NOON
    [sentence] = await time.wrong()
    side = "ahead of" if by > 0 else "behind"
    assert f"web-2 (process 4711) is 3600 seconds {side}" in sentence
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert f"3600 s {side}" in caplog.text


async def test_a_clock_that_is_set_right_is_told_too(time, own, caplog):
    own.now = NOON + HOUR
    await time.compare("4711")
    own.now = NOON
    await time.compare("4711")

    assert time().at.timestamp() == NOON
    assert await time.wrong() == []
    assert "agree again" in caplog.text


async def test_drift_is_let_be(time, clocks, own, caplog):
    own.now = NOON + 4
    await time.compare("4711")

    assert time().at.timestamp() == NOON + 4
    assert clocks == {}
    assert caplog.text == ""


async def test_what_cannot_be_compared_leaves_it_as_it_was(time, clocks, own):
    own.now = NOON + HOUR
    await time.compare("4711")
    clocks.right = None
    await time.compare("4711")

    assert time().at.timestamp() == NOON


async def test_a_machine_that_is_ahead_does_not_believe_that_an_hour_has_passed(time, clocks, own):
    """Another has sent something just now, by a clock that is right."""
    own.now = NOON + HOUR
    await time.compare("4711")
    steadiness = Steadiness(time)

    assert steadiness.waited(NOON) == 0
