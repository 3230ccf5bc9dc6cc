"""Budgets hold, warn, and make nobody wait who has none."""

import asyncio
from datetime import UTC, datetime

import pytest

from factotum.core.errors import BadInput, Refused, RetryLater
from factotum.core.values import Moment
from factotum.runs.budgets.caps import Cap, Subject, read_caps
from factotum.runs.budgets.spending import Spending
from factotum.store.budgets import StoredBudgets

ACCOUNT, BOT, BEHAVIOR = Subject("account", 7), Subject("bot", 3), Subject("behavior", 5)
ALL = [ACCOUNT, BOT, BEHAVIOR]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()


class Clock:
    at = NOON

    def __call__(self):
        return Moment.of(self.at)


class CountedThreads:
    """Counts how often the store is waited for."""

    def __init__(self, threads):
        self._threads = threads
        self.calls = []

    async def run(self, work, *args, **kwargs):
        self.calls.append(work.__name__)
        return await self._threads.run(work, *args, **kwargs)


@pytest.fixture
def store(transactional_db):
    return StoredBudgets()


@pytest.fixture
def counted(threads):
    return CountedThreads(threads)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def worker(store, counted, clock):
    return lambda: Spending(store, counted, clock)


async def cap(threads, store, subject, **entry):
    await threads.run(store.set_caps, subject, read_caps(subject, [entry]))


async def spend(spending, micros, subjects=ALL, now=NOON):
    await spending.up_to_date()
    reservation = await spending.reserve(subjects, micros)
    spending.settle(reservation, micros, now)
    return reservation


async def meters(threads, store, *periods):
    found = await threads.run(store.meters, [], periods or ["2026-11-22", "2026-11"])
    return {(each.key.subject.type, each.key.period): each for each in found}


async def test_nothing_is_waited_for_without_a_cap(worker, counted, threads, store):
    spending = worker()
    await spending.up_to_date()
    counted.calls.clear()
    for _ in range(100):
        await spend(spending, 15_000)
    assert counted.calls == []
    await spending.drain()
    assert counted.calls.count("settle") == 1
    found = await meters(threads, store)
    assert len(found) == 6
    assert {each.requests for each in found.values()} == {100}
    assert found["bot", "2026-11"].micros == 1_500_000


async def test_a_cap_holds_to_the_last_millionth(worker, threads, store, clock):
    await cap(threads, store, ACCOUNT, period="day", unit="usd", amount="0.045")
    spending = worker()
    for _ in range(3):
        await spend(spending, 15_000)
    with pytest.raises(RetryLater) as refused:
        await spending.reserve(ALL, 15_000)
    assert refused.value.code == "over-budget"
    assert refused.value.until == datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    assert "$0.045 a day" in refused.value.sentence
    assert "room again at 00:00 UTC" in refused.value.sentence
    await spend(spending, 15_000, [BOT])
    clock.at += 86_400
    await spend(spending, 15_000)


async def test_a_months_cap_ends_with_the_month(worker, threads, store):
    await cap(threads, store, BOT, period="month", unit="requests", amount=1)
    spending = worker()
    await spend(spending, 0)
    with pytest.raises(RetryLater) as refused:
        await spending.reserve(ALL, 0)
    assert refused.value.until == datetime(2026, 12, 1, tzinfo=UTC).timestamp()


async def test_what_was_reserved_before_midnight_takes_no_room_of_the_next_day(
    worker, threads, store, clock
):
    await cap(threads, store, ACCOUNT, period="day", unit="requests", amount=1)
    spending = worker()
    await spending.up_to_date()
    midnight = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    clock.at = midnight - 1
    before = await spending.reserve([ACCOUNT], 0)
    clock.at = midnight + 1
    after = await spending.reserve([ACCOUNT], 0)
    for each in (before, after):
        spending.settle(each, 0, clock.at)
    await spending.drain()

    found = await meters(threads, store, "2026-11-22", "2026-11-23")
    assert [each.requests for each in found.values()] == [1, 1]


async def test_workers_together_do_not_overshoot(worker, threads, store):
    await cap(threads, store, ACCOUNT, period="day", unit="requests", amount=25)
    workers = [worker() for _ in range(4)]
    sent = 0

    async def one(spending):
        nonlocal sent
        await spending.up_to_date()
        try:
            reservation = await spending.reserve(ALL, 0)
        except RetryLater:
            return
        sent += 1
        await asyncio.sleep(0)
        spending.settle(reservation, 0, NOON)

    await asyncio.gather(*[one(workers[number % 4]) for number in range(60)])
    for each in workers:
        await each.drain()
    assert sent == 25
    assert (await meters(threads, store))["account", "2026-11-22"].requests == 25


async def test_what_turned_out_cheaper_makes_room(worker, threads, store):
    await cap(threads, store, ACCOUNT, period="day", unit="usd", amount="0.50")
    spending = worker()
    await spending.up_to_date()
    first = await spending.reserve(ALL, 500_000)
    with pytest.raises(RetryLater) as refused:
        await spending.reserve(ALL, 100_000)
    assert refused.value.after <= 5
    spending.settle(first, 5_000, NOON)
    await spend(spending, 100_000)


async def test_what_was_never_sent_costs_nothing(worker, threads, store):
    await cap(threads, store, ACCOUNT, period="day", unit="usd", amount="0.02")
    spending = worker()
    await spending.up_to_date()
    for _ in range(5):
        spending.abandon(await spending.reserve(ALL, 15_000))
    await spending.drain()
    found = (await meters(threads, store))["account", "2026-11-22"]
    assert (found.requests, found.micros, found.reserved_micros) == (0, 0, 0)


async def test_a_request_above_the_whole_budget_never_waits(worker, threads, store):
    await cap(threads, store, BEHAVIOR, period="day", unit="usd", amount="0.01")
    spending = worker()
    await spending.up_to_date()
    with pytest.raises(Refused, match="whole budget") as refused:
        await spending.reserve(ALL, 15_000)
    assert refused.value.code == "over-budget"


async def test_it_warns_when_four_fifths_are_used(worker, threads, store):
    await cap(threads, store, ACCOUNT, period="day", unit="usd", amount="1")
    spending = worker()
    calm = await spend(spending, 700_000)
    assert not calm.standings[0].is_close
    [close] = (await spend(spending, 100_000)).standings
    assert close.is_close
    assert "80%" in close.warning
    assert "$0.20 left" in close.warning


async def test_what_a_killed_worker_had_reserved_stays_reserved(worker, threads, store):
    await cap(threads, store, ACCOUNT, period="day", unit="requests", amount=2)
    killed, other = worker(), worker()
    await killed.up_to_date()
    await killed.reserve(ALL, 0)
    await spend(other, 0)
    with pytest.raises(RetryLater):
        await other.reserve(ALL, 0)


async def test_prices_typed_in_take_the_place_of_ours(worker, threads, store):
    spending = worker()
    await spending.up_to_date()
    assert spending.prices(4, "api.x.com")
    await threads.run(store.set_prices, 4, [])
    await spending.look_again()
    assert not spending.prices(4, "api.x.com")
    assert spending.prices(5, "api.x.com")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"period": "week", "unit": "usd", "amount": 1}, "caps.1.period"),
        ({"period": "day", "unit": "eur", "amount": 1}, "caps.1.unit"),
        ({"period": "day", "unit": "usd", "amount": "lots"}, "caps.1.amount"),
        ({"period": "day", "unit": "requests", "amount": "1.5"}, "caps.1.amount"),
        ({"period": "day", "unit": "requests", "amount": "1,5"}, "caps.1.amount"),
        ({"period": "day", "unit": "requests", "amount": "9" * 30}, "caps.1.amount"),
        ({"period": "month", "unit": "usd", "amount": 1}, "two caps"),
    ],
)
def test_a_faulty_cap_is_named(entry, words):
    first = {"period": "month", "unit": "usd", "amount": "5"}
    with pytest.raises(BadInput, match=words):
        read_caps(ACCOUNT, [first, entry])


def test_a_cap_is_told_as_it_was_given():
    [cap_] = read_caps(ACCOUNT, [{"period": "day", "unit": "usd", "amount": "5.5"}])
    assert cap_ == Cap(ACCOUNT, "day", "usd", 5_500_000)
    assert cap_.as_json() == {"period": "day", "unit": "usd", "amount": "5.50"}
