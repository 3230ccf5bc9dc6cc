"""Several processes serve on one database: one of them keeps house, and if it dies another does."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from tests.usecases.schedules.look_out import HOUR, NOON, SetClock

from factotum.clock import SystemClock
from factotum.store.latest_times import StoredLatestTimes
from factotum.store.leases import StoredLease
from factotum.store.presences import StoredPresences
from factotum.usecases.elapsing import Elapsing
from factotum.usecases.housekeeping import Housekeeping

pytestmark = pytest.mark.django_db(transaction=True)


class Purged:
    """Counts its rounds; fulfils all that forgets something."""

    def __init__(self, purge=None):
        self.rounds = 0
        self.by_age = []
        self._purge = purge

    def purge(self, before):
        self.rounds += 1
        if self._purge:
            self._purge()
        return 1

    async def free(self):
        self.rounds += 1

    async def once(self, *, by_age):
        self.rounds += 1
        self.by_age.append(by_age)
        return 1


class Waiting(Purged):
    """Waits in the middle of a round until it is let go."""

    def __init__(self):
        super().__init__()
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()

    async def free(self):
        self.began.set()
        await self.go_on.wait()


@pytest.fixture
def presences():
    return StoredPresences()


@pytest.fixture
def keeper(threads, presences):
    """Makes a serving process's housekeeping, and what it purges."""

    async def make(name, reserved=None, purge=None, clock=None):
        await threads.run(presences.enter, name)
        quick = Purged(purge)
        house = Housekeeping(
            lease=StoredLease("housekeeping", name),
            reserved=reserved or quick,
            retention=quick,
            bot_keys=quick,
            idempotency_keys=quick,
            limits=quick,
            meters=quick,
            deliveries=quick,
            approvals=quick,
            elapsing=Elapsing(StoredLatestTimes(), threads),
            threads=threads,
            clock=clock or SystemClock(),
        )
        return house, quick

    return make


async def test_while_one_keeps_house_another_does_not(keeper):
    waiting = Waiting()
    first, _ = await keeper("first", waiting)
    second, purged = await keeper("second")
    round_of_first = asyncio.create_task(first.once())
    await waiting.began.wait()

    assert await second.once() == 0
    assert purged.rounds == 0

    waiting.go_on.set()
    assert await round_of_first == 7
    assert await second.once() == 7


async def test_a_dead_ones_round_is_taken_over(keeper, threads, presences):
    waiting = Waiting()
    first, _ = await keeper("first", waiting)
    second, _ = await keeper("second")
    killed = asyncio.create_task(first.once())
    await waiting.began.wait()

    assert await threads.run(presences.mark_dead, "first", 0)
    assert await second.once() == 7

    waiting.go_on.set()
    await killed


async def test_who_stood_still_leaves_the_rest_to_who_took_over(keeper, threads, presences):
    def stand_still():
        presences.mark_dead("first", 0)
        assert StoredLease("housekeeping", "second").take()

    first, purged = await keeper("first", purge=stand_still)
    await keeper("second")

    assert await first.once() == 1
    assert purged.rounds == 1
    assert not await threads.run(StoredLease("housekeeping", "first").take)


async def test_a_round_that_fails_keeps_nobody_away(keeper):
    def fail():
        raise OSError("the disk is full")

    first, _ = await keeper("first", purge=fail)
    second, _ = await keeper("second")
    with pytest.raises(OSError, match="disk"):
        await first.once()

    assert await second.once() == 7


@pytest.fixture
async def aged(keeper):
    """A round at each of these times; at which of them what is old was forgotten."""
    clock = SetClock()
    house, purged = await keeper("alone", clock=clock)

    async def forgotten(*times):
        purged.by_age.clear()
        for clock.now in times:
            await house.once()
        return purged.by_age

    return forgotten


DAY = 24 * HOUR


async def test_a_clock_that_leaps_ages_nothing_for_a_day(aged, caplog):
    ahead = NOON + 90 * DAY
    assert await aged(NOON, NOON + HOUR) == [True, True]

    assert await aged(*(ahead + hour * HOUR for hour in range(24))) == [False] * 24

    assert "90 days more" in caplog.text
    assert await aged(ahead + DAY) == [True]


async def test_a_clock_that_is_mended_in_time_has_aged_nothing(aged):
    ahead = NOON + 90 * DAY
    await aged(NOON)

    assert await aged(ahead, ahead + HOUR) == [False, False]
    assert await aged(NOON + 2 * HOUR, NOON + 3 * HOUR) == [True, True]


async def test_a_machine_that_is_off_each_night_forgets_what_is_old_by_day(aged):
    for morning in (NOON, NOON + DAY, NOON + 4 * DAY):
        day = await aged(*(morning + hour * HOUR for hour in range(8)))
        assert day[-1]
    assert not day[0]


def test_of_many_at_once_one_has_it(presences):
    barrier = Barrier(8)

    def take(number):
        try:
            presences.enter(f"process-{number}")
            barrier.wait()
            return StoredLease("housekeeping", f"process-{number}").take()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1
