"""Processes among each other: who stands still is taken for dead, and takes itself for dead first."""

import pytest

from factotum.core.errors import NotInCharge
from factotum.process import executor_id, is_gone
from factotum.runs import presence as module
from factotum.runs.presence import BEAT, FENCE, LEASE, Presence, lived
from factotum.runs.waiting import Lost
from factotum.store.presences import StoredPresences

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elapsed(monkeypatch):
    """Seconds that pass when a test says so."""
    now = [1000.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])

    def pass_by(seconds):
        now[0] += seconds

    return pass_by


@pytest.fixture
def process(threads):
    async def entered(name, is_gone=lambda executor_id: False):
        one = Presence(name, StoredPresences(), threads, is_gone)
        await one.enter()
        return one

    return entered


class Heir:
    """What was taken over."""

    def __init__(self):
        self.executors = []
        self.told = []

    async def __call__(self, dead):
        self.executors += dead
        self.told.append(dead)


async def watching(one, heir, elapsed):
    """Long enough to see that a counter stands still."""
    await one.once(heir)
    for _ in range(int(LEASE / BEAT) + 1):
        elapsed(BEAT)
        await one.once(heir)


async def test_who_beats_is_alive(process, elapsed):
    heir = Heir()
    one, two = await process("one"), await process("two")
    for _ in range(20):
        await one.once(heir)
        await two.once(heir)
        elapsed(1)

    assert heir.executors == []
    assert one.is_fresh


async def test_whose_counter_stands_still_for_the_lease_is_taken_over(process, elapsed):
    heir = Heir()
    one, _ = await process("one"), await process("two")
    await one.once(heir)
    for _ in range(2):
        elapsed(LEASE / 2 - 0.1)
        await one.once(heir)
    assert heir.executors == []

    elapsed(0.3)
    await one.once(heir)

    assert heir.executors == ["two"]


async def test_who_could_not_look_gives_the_others_time_to_beat_again(process, elapsed):
    heir = Heir()
    one, two = await process("one"), await process("two")
    await one.once(heir)

    elapsed(LEASE + 1)  # the database was away, for both
    await one.once(heir)
    elapsed(BEAT)
    await two.once(heir)
    await one.once(heir)

    assert heir.executors == []
    assert two.generation == 0


async def test_a_process_of_this_machine_that_has_ended_is_taken_over_at_once(process):
    heir = Heir()
    await process("two")
    one = await process("one", is_gone=lambda executor_id: executor_id == "two")

    await one.once(heir)

    assert heir.executors == ["two"]


async def test_a_process_that_has_ended_is_looked_after_twice(process):
    heir = Heir()
    await process("two")
    one = await process("one", is_gone=lambda executor_id: executor_id == "two")

    for _ in range(4):
        await one.once(heir)

    assert heir.executors == ["two", "two"]  # what it was about to commit comes a moment later


async def test_who_can_take_nothing_over_leaves_the_dead_to_others(process):
    heir = Heir()
    await process("two")
    command = await process("command", is_gone=lambda executor_id: executor_id == "two")
    server = await process("server", is_gone=lambda executor_id: executor_id == "two")

    await command.once(None)
    await server.once(heir)

    assert heir.executors == ["two"]


async def test_who_cannot_beat_sends_nothing_before_others_may_take_its_work(process, elapsed):
    one = await process("one")
    fence = one.fence()
    fence.check()

    elapsed(FENCE + 0.1)

    assert FENCE < LEASE
    with pytest.raises(NotInCharge):
        fence.check()


async def test_who_was_taken_for_dead_does_nothing_more_of_what_it_began(process, elapsed):
    heir = Heir()
    one, two = await process("one"), await process("two")
    begun = two.fence()
    await watching(one, heir, elapsed)
    assert heir.executors == ["two"]

    await two.once(heir)  # it wakes up, and finds itself marked

    with pytest.raises(Lost):
        await begun.fresh()
    with pytest.raises(NotInCharge):
        begun.check()
    anew = two.fence()
    await anew.fresh()
    anew.check()


async def test_a_marked_process_is_looked_after_until_it_beats_again(process, elapsed):
    heir = Heir()
    one, two = await process("one"), await process("two")
    await watching(one, heir, elapsed)
    await one.once(heir)
    assert heir.executors == ["two", "two"]

    await two.once(None)
    await one.once(heir)
    assert heir.executors == ["two", "two"]


async def test_who_wakes_up_begins_another_life_and_looks_after_its_earlier_one(process, elapsed):
    heir = Heir()
    one, two = await process("one"), await process("two")
    before = two.life
    await watching(one, heir, elapsed)

    await two.once(heir)

    assert two.life != before
    assert lived(before, heir.told[-1])
    assert not lived(two.life, heir.told[-1])
    assert all(lived(before, told) and not lived(two.life, told) for told in heir.told)


async def test_who_leaves_is_not_missed(process, elapsed):
    heir = Heir()
    one, two = await process("one"), await process("two")
    await one.once(heir)
    await two.leave(has_worked=False)
    await watching(one, heir, elapsed)

    assert heir.executors == []


async def test_what_a_worker_leaves_is_taken_over_at_once(process):
    heir = Heir()
    one, two = await process("one"), await process("two")
    await two.leave(has_worked=True)

    await one.once(heir)

    assert heir.executors == ["two"]


def test_this_process_is_there_and_one_that_never_was_is_not():
    assert not is_gone(executor_id())
    machine = executor_id().partition("-")[0]
    assert is_gone(f"{machine}-{2**22 + 7}-123-abcd")
    assert not is_gone("another.1-5-5-abcd")
    assert not is_gone("nonsense")
