"""Journals reach the disk in groups, one that cannot costs no other its place, nothing piles up."""

import asyncio
import logging
from dataclasses import replace

import pytest

from factotum.core.database_trouble import StoreAway
from factotum.runs import writing
from factotum.runs.run import EffectRow, Entry, Run, Step
from factotum.runs.writing import JournalWriter
from factotum.store.runs_store import RunsStore


def entry(number, **values):
    run = {"title": "T", "trigger": "api", "driver": "attended", "status": "done", **values}
    step = Step(1, "0", "node", "N", "ok", at=1.0)
    return Entry(Run(id=f"{number:032x}", started_at=1.0, **run), [step])


class Counting(RunsStore):
    """The real store; keeps how many entries each transaction had, and waits where it is told."""

    def __init__(self):
        self.sizes = []

    def write(self, entries):
        self.sizes.append(len(entries))
        super().write(entries)


@pytest.fixture
def store(transactional_db):
    return Counting()


@pytest.fixture
def writer(store, threads):
    return JournalWriter(store, threads)


async def on_disk(threads, store, numbers):
    found = await threads.run(lambda: [store.get(f"{number:032x}") for number in numbers])
    return [run is not None for run in found]


async def test_what_waits_while_a_commit_is_under_way_shares_the_next_one(writer, store, threads):
    first = writer.write(entry(0))
    await asyncio.sleep(0)  # the first commit has begun
    others = [writer.write(entry(number)) for number in range(1, 30)]
    await asyncio.gather(first, *others)

    assert store.sizes == [1, 29]
    assert all(await on_disk(threads, store, range(30)))


async def test_a_transaction_has_a_largest_size(writer, store):
    await asyncio.gather(*(writer.write(entry(number)) for number in range(450)))

    assert sum(store.sizes) == 450
    assert max(store.sizes) <= writing.BATCH


async def test_what_nobody_waits_for_gathers_and_is_written_all_the_same(writer, store, threads):
    gathered = [writer.write(entry(number), soon=True) for number in range(20)]
    await asyncio.sleep(0)
    assert store.sizes == []

    await asyncio.gather(*gathered)
    assert store.sizes == [20]
    assert all(await on_disk(threads, store, range(20)))


async def test_what_somebody_waits_for_is_written_together_with_runs_that_are_about_to_end(
    writer, store, monkeypatch
):
    monkeypatch.setattr(writing, "COMPANY", 3600)
    for number in range(3):
        writer.begun(entry(number).run.id)
    ended = []
    for number in range(3):
        await asyncio.sleep(0.01)
        assert store.sizes == []
        ended.append(writer.write(entry(number), soon=True))
        writer.ended(entry(number).run.id)
        writer.want()

    await asyncio.gather(*ended)
    assert store.sizes == [3]


async def test_it_waits_for_slow_ones_no_longer_than_a_moment(writer, store):
    writer.begun(entry(2).run.id)
    await writer.write(entry(1))

    assert store.sizes == [1]


async def test_a_run_does_not_wait_for_itself(writer, store, monkeypatch):
    monkeypatch.setattr(writing, "COMPANY", 3600)
    writer.begun(entry(1).run.id)
    await writer.write(entry(1))

    assert store.sizes == [1]


async def test_it_waits_for_nobody_where_nothing_is_under_way(writer, store, monkeypatch):
    monkeypatch.setattr(writing, "COMPANY", 3600)
    monkeypatch.setattr(writing, "LINGER", 3600)
    await writer.write(entry(1))

    writer.write(entry(2), soon=True)
    writer.want()
    await writer.drain()
    assert store.sizes == [1, 1]


async def test_it_goes_with_the_first_that_somebody_waits_for(writer, store, monkeypatch):
    monkeypatch.setattr(writing, "LINGER", 3600)
    gathered = [writer.write(entry(number), soon=True) for number in range(5)]
    await writer.write(entry(9))

    assert all(future.done() for future in gathered)
    assert store.sizes == [6]


async def test_draining_waits_for_all_of_it(writer, store, threads, monkeypatch):
    monkeypatch.setattr(writing, "LINGER", 3600)
    for number in range(5):
        writer.write(entry(number), soon=True)
    await writer.drain()

    assert all(await on_disk(threads, store, range(5)))


async def test_one_that_cannot_be_written_is_told_and_logged_and_costs_no_other(
    writer, store, threads, caplog
):
    poison = entry(3, title=None)  # the column takes no NULL
    futures = [writer.write(poison if n == 3 else entry(n)) for n in range(6)]
    with caplog.at_level(logging.ERROR):
        results = await asyncio.gather(*futures, return_exceptions=True)

    assert [result is None for result in results] == [True, True, True, False, True, True]
    assert await on_disk(threads, store, range(6)) == [True, True, True, False, True, True]
    assert f"journal of run {3:032x} could not be written" in caplog.text


async def test_one_that_nobody_waits_for_is_logged_too_and_nothing_stops(
    writer, store, threads, caplog
):
    with caplog.at_level(logging.ERROR):
        writer.write(entry(1, title=None), soon=True)
        await writer.drain()
    await writer.write(entry(2))

    assert "could not be written: IntegrityError" in caplog.text
    assert await on_disk(threads, store, [1, 2]) == [False, True]


async def test_runs_wait_where_too_much_waits_for_the_disk(writer, store, monkeypatch):
    monkeypatch.setattr(writing, "FULL", 10)
    monkeypatch.setattr(writing, "LINGER", 3600)
    for number in range(9):
        writer.write(entry(number), soon=True)
    await writer.room()
    assert store.sizes == []  # there was room: nobody waited

    writer.write(entry(9), soon=True)
    await writer.room()
    assert sum(store.sizes) == 10


async def test_room_is_made_also_by_entries_that_fail(writer, store, monkeypatch):
    monkeypatch.setattr(writing, "FULL", 1)
    writer.write(entry(1, title=None), soon=True)

    await writer.room()
    assert store.sizes


def test_it_goes_on_in_another_event_loop(writer, store, threads):
    async def one(number):
        await writer.write(entry(number))

    asyncio.run(one(1))
    asyncio.run(one(2))
    assert store.get(f"{1:032x}")
    assert store.get(f"{2:032x}")


async def test_who_goes_away_does_not_keep_the_others_from_the_disk(writer, store, threads):
    waiting = asyncio.ensure_future(writer.write(entry(1)))
    other = writer.write(entry(2))
    waiting.cancel()
    await other

    assert await on_disk(threads, store, [1, 2]) == [True, True]


async def test_a_newer_state_of_a_run_in_the_same_group_wins(writer, store, threads):
    begun = entry(1, status="running")
    done = replace(begun, run=replace(begun.run, status="done"), steps=[])
    writer.write(begun, soon=True)
    await writer.write(done)

    assert (await threads.run(store.get, begun.run.id)).status == "done"
    assert len(await threads.run(store.steps, begun.run.id)) == 1


class Away(Counting):
    """A database that cannot be used until a test says so."""

    is_away = True

    def write(self, entries):
        if self.is_away:
            raise StoreAway
        super().write(entries)


@pytest.fixture
def away(transactional_db, monkeypatch):
    monkeypatch.setattr(writing, "AGAIN", 0.01)
    return Away()


def intended(number, **values):
    key = f"{number:032x}:0:1"
    effect = EffectRow(key, f"{number:032x}", "0", "intended", "POST", "u", "h", "f", 1.0)
    return replace(entry(number, status="running", **values), effects=[effect])


async def test_what_a_durable_run_intends_waits_for_the_database(away, threads, monkeypatch):
    monkeypatch.setattr(writing, "PATIENCE", 0.0)
    writer = JournalWriter(away, threads)
    written = [writer.write(intended(number, driver="durable")) for number in range(3)]
    await asyncio.wait(written, timeout=0.1)
    assert not any(each.done() for each in written)

    away.is_away = False
    await asyncio.gather(*written)

    assert away.sizes == [3]
    assert all(await on_disk(threads, away, range(3)))


async def test_who_waits_for_an_attended_run_is_told_and_nothing_stays_intended(
    away, threads, monkeypatch
):
    monkeypatch.setattr(writing, "PATIENCE", 0.0)
    writer = JournalWriter(away, threads)
    with pytest.raises(StoreAway):
        await writer.write(intended(1))

    away.is_away = False
    monkeypatch.undo()
    await writer.drain()

    [effect] = await threads.run(away.effects, f"{1:032x}")
    assert (effect.state, effect.note) == ("refused", StoreAway().sentence)
    assert len(await threads.run(away.steps, f"{1:032x}")) == 1


async def test_a_database_that_comes_back_soon_is_not_noticed(away, threads):
    writer = JournalWriter(away, threads)
    written = writer.write(intended(1))
    asyncio.get_running_loop().call_later(0.1, setattr, away, "is_away", False)

    await written

    [effect] = await threads.run(away.effects, f"{1:032x}")
    assert effect.state == "intended"


async def test_what_comes_later_is_written_later(away, threads):
    writer = JournalWriter(away, threads)
    first = writer.write(intended(1))
    await asyncio.wait([first], timeout=0.05)
    second = writer.write(entry(1))
    away.is_away = False

    await asyncio.gather(first, second)

    assert (await threads.run(away.get, f"{1:032x}")).status == "done"


async def test_a_process_that_ends_does_not_wait_for_ever(away, threads, monkeypatch, caplog):
    monkeypatch.setattr(writing, "PATIENCE", 0.0)
    writer = JournalWriter(away, threads)
    writer.write(entry(1), soon=True)

    await writer.drain()

    assert "1 entries of the journal could not be written" in caplog.text
    away.is_away = False
    await writer.drain()
