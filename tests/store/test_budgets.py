"""Meters never hold more than their cap, whatever many threads do at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factotum.runs.budgets.caps import Cap, Subject
from factotum.runs.budgets.ports import Change, Claim, Meter, MeterKey
from factotum.store.budgets import StoredBudgets

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT, BOT = Subject("account", 7), Subject("bot", 3)
DAY, MONTH = MeterKey(ACCOUNT, "2026-11-22"), MeterKey(ACCOUNT, "2026-11")
BOTS_DAY = MeterKey(BOT, "2026-11-22")


@pytest.fixture
def budgets():
    return StoredBudgets()


def meter(budgets, key=DAY):
    found = budgets.meters([key.subject], [key.period])
    return found[0] if found else Meter(key)


def test_a_reservation_holds_money_until_it_is_settled(budgets):
    done = budgets.reserve([Claim(DAY, 200, cap_micros=500)])
    assert done.meters[0].held("usd") == 200
    budgets.settle([Change(DAY, 1, 150, 1, 200)])
    assert meter(budgets) == Meter(DAY, 1, 150, 0, 0)


def test_what_is_full_says_so_and_changes_nothing(budgets):
    budgets.reserve([Claim(DAY, 400, cap_micros=500)])
    done = budgets.reserve([Claim(BOTS_DAY, 200, 500), Claim(DAY, 200, cap_micros=500)])
    assert done.full.key == DAY
    assert done.meter.held("usd") == 400
    assert meter(budgets, BOTS_DAY).held("usd") == 0


def test_the_first_request_of_a_day_is_checked_too(budgets):
    assert budgets.reserve([Claim(DAY, 501, cap_micros=500)]).full is not None
    assert budgets.reserve([Claim(DAY, 0, cap_requests=0)]).full is not None


def test_requests_are_capped_as_money_is(budgets):
    for _ in range(2):
        assert budgets.reserve([Claim(DAY, 0, cap_requests=2)]).full is None
    assert budgets.reserve([Claim(DAY, 0, cap_requests=2)]).full is not None


def test_what_nobody_capped_is_added_up(budgets):
    budgets.settle([Change(DAY, 2, 30), Change(MONTH, 2, 30)])
    budgets.settle([Change(DAY, 1, 5)])
    assert meter(budgets).spent("usd") == 35
    assert meter(budgets, MONTH).spent("requests") == 2


def test_caps_and_prices_are_kept(budgets):
    caps = [
        Cap(ACCOUNT, "day", "usd", 500),
        Cap(ACCOUNT, "month", "usd", 900),
        Cap(ACCOUNT, "month", "requests", 9),
    ]
    budgets.set_caps(ACCOUNT, caps)
    budgets.set_caps(BOT, [Cap(BOT, "day", "usd", 1)])
    budgets.set_caps(BOT, [])
    budgets.set_prices(4, [{"request": "GET /", "price": "1"}])
    budgets.set_prices(5, [])
    book = budgets.book()
    assert list(book.caps) == caps
    assert book.prices == {4: [{"request": "GET /", "price": "1"}], 5: []}
    budgets.set_prices(4, None)
    assert budgets.book().prices == {5: []}


def test_old_meters_are_forgotten(budgets):
    budgets.settle([Change(MeterKey(ACCOUNT, "2026-09-30"), 1), Change(DAY, 1)])
    budgets.purge(datetime(2026, 10, 1, tzinfo=UTC).timestamp())
    assert [each.key for each in budgets.meters([], ["2026-09-30", DAY.period])] == [DAY]


def at_once(workers, work, items):
    def close_after(item):
        try:
            return work(item)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(close_after, items))


DAYS = count()
STEPS = st.lists(
    st.tuples(
        st.integers(0, 300),  # what it may cost
        st.sampled_from(["settle", "abandon", "leave"]),
        st.floats(0, 1),  # which part of that it does cost
        st.booleans(),  # whether the bot's cap is claimed too
    ),
    min_size=1,
    max_size=30,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, cap=st.integers(0, 1500), most=st.integers(0, 20))
def test_no_order_of_things_overshoots_a_cap(budgets, steps, cap, most):
    day = MeterKey(ACCOUNT, f"day{next(DAYS)}")
    bots = MeterKey(BOT, day.period)
    seen = []

    def one(step):
        micros, then, part, with_bot = step
        claims = [Claim(day, micros, cap, most)]
        claims += [Claim(bots, micros, cap // 2, None)] if with_bot else []
        done = budgets.reserve(claims)
        if done.full is not None:
            return None
        seen.append(done.meters[0])
        spent = int(micros * part) if then == "settle" else 0
        if then != "leave":
            sent = int(then == "settle")
            budgets.settle([Change(claim.key, sent, spent, 1, micros) for claim in claims])
        return micros, then, spent, with_bot

    through = [each for each in at_once(4, one, steps) if each is not None]
    assert all(each.held("usd") <= cap and each.held("requests") <= most for each in seen)
    end = meter(budgets, day)
    assert end.held("usd") <= cap
    assert end.micros == sum(spent for _, _, spent, _ in through)
    assert end.reserved_micros == sum(micros for micros, then, _, _ in through if then == "leave")
    assert end.reserved_requests == sum(then == "leave" for _, then, _, _ in through)
    held = meter(budgets, bots).held("usd")
    assert held <= cap // 2 or not any(with_bot for *_, with_bot in through)


def test_all_of_a_cap_can_be_used(budgets):
    claim = Claim(DAY, 10, cap_micros=1000)
    done = at_once(8, lambda _: budgets.reserve([claim]), range(150))
    assert sum(each.full is None for each in done) == 100
    assert meter(budgets).held("usd") == 1000
