"""What a process had reserved that was killed: free where nothing was sent, spent where it may have been."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import count

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.rows import effect
from tests.store.test_budgets import ACCOUNT, BOTS_DAY, DAY, meter

from factotum.process import executor_id, is_gone
from factotum.runs.budgets.ports import Change, Claim, Hold, Meter, MeterKey
from factotum.runs.presence import Presence
from factotum.runs.run import Entry, Run
from factotum.store.budgets import StoredBudgets
from factotum.store.models import Effect, Executor, Reservation
from factotum.store.presences import StoredPresences
from factotum.store.runs_store import RunsStore

pytestmark = pytest.mark.django_db(transaction=True)

RUN = "0" * 31 + "1"
AT = 1000.0


@pytest.fixture
def budgets():
    return StoredBudgets()


def hold(number=1, executor="dead", *, is_safe=False, at=AT):
    return Hold(f"{number:032x}", executor, RUN, is_safe, at)


def reserved(budgets, held, micros=200):
    done = budgets.reserve([Claim(DAY, micros, 500, 3), Claim(BOTS_DAY, micros)], held)
    assert done.full is None
    return done


def sent(state, outcome="", intended_at=AT + 1, answered_at=None):
    """A request of that run in the ledger."""
    run = Run(RUN, "T", "api", "durable", "running", AT)
    when = {"intended_at": intended_at, "answered_at": answered_at}
    row = replace(effect(run, state=state, outcome=outcome), **when)
    RunsStore().write([Entry(run, [], [row])])


def test_a_reservation_is_given_back_once(budgets):
    reserved(budgets, hold())
    budgets.settle([], [hold().id])
    budgets.settle([], [hold().id, "unknown"])

    assert meter(budgets) == Meter(DAY, 0, 0, 0, 0)
    assert not Reservation.objects.exists()


def test_what_had_no_room_is_held_by_nobody(budgets):
    assert budgets.reserve([Claim(DAY, 501, 500)], hold()).full is not None
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("is_marked", [False, True])
def test_what_a_living_process_holds_is_left_alone(budgets, is_marked):
    Executor.objects.create(id="other", is_dead=is_marked)
    reserved(budgets, hold(1, "other"))
    reserved(budgets, hold(2, "me"))

    assert budgets.free("me") == int(is_marked)
    assert meter(budgets).reserved_requests == 2 - is_marked


FREE, SPENT, HELD = (0, 0, 0), (1, 200, 0), (0, 0, 200)


@pytest.mark.parametrize(
    ("state", "outcome", "left"),
    [
        ("", "", FREE),  # killed before it was written down
        ("intended", "", HELD),
        ("sent", "", HELD),
        ("unknown", "", HELD),
        ("refused", "", FREE),
        ("settled", "not-done", FREE),
        ("settled", "happened", SPENT),
        ("settled", "given-up", SPENT),
        ("answered", "", SPENT),
    ],
)
@pytest.mark.parametrize("intended_at", [AT - 1, AT + 1])
def test_what_was_to_change_something_goes_by_the_ledger(
    budgets, state, outcome, left, intended_at
):
    reserved(budgets, hold())
    if state:
        sent(state, outcome, intended_at, AT + 2)

    assert budgets.free("me") == int(left != HELD)
    for key in (DAY, BOTS_DAY):
        found = meter(budgets, key)
        assert (found.requests, found.micros, found.reserved_micros) == left


def test_a_request_that_was_answered_before_is_another_one(budgets):
    sent("answered", "", AT - 2, AT - 1)
    reserved(budgets, hold())

    budgets.free("me")
    assert meter(budgets) == Meter(DAY)


@pytest.mark.parametrize(("outcome", "left"), [("not-done", FREE), ("happened", SPENT)])
def test_what_nobody_knew_is_settled_when_somebody_says_it(budgets, outcome, left):
    reserved(budgets, hold())
    sent("intended")
    assert budgets.free("me") == 0
    sent("settled", outcome)

    assert budgets.free("me") == 1
    found = meter(budgets)
    assert (found.requests, found.micros, found.reserved_micros) == left


def test_what_nobody_knew_and_was_forgotten_counts_as_spent(budgets):
    reserved(budgets, hold())
    sent("unknown")
    budgets.free("me")
    Effect.objects.all().delete()
    budgets.free("me")

    assert meter(budgets).micros == 200


def test_a_read_may_have_been_sent_and_counts_with_the_most(budgets):
    reserved(budgets, hold(is_safe=True))
    budgets.free("me")

    assert meter(budgets) == Meter(DAY, 1, 200, 0, 0)


DAYS = count()
STEPS = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.sampled_from(["settle", "abandon", "die unsent", "die reading", "free"]),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, cap=st.integers(0, 1500))
def test_no_order_of_deaths_overshoots_a_cap(budgets, steps, cap):
    key = MeterKey(ACCOUNT, f"dead{next(DAYS)}")
    costs = []
    for number, (micros, then) in enumerate(steps):
        held = replace(hold(number, is_safe=then == "die reading"), run_id=f"{number}")
        if budgets.reserve([Claim(key, micros, cap)], held).full is not None:
            budgets.free("me")
            continue
        if then in {"settle", "die reading"}:
            costs.append(micros)
        if then in {"settle", "abandon"}:
            paid = [Change(key, 1, micros)] if then == "settle" else []
            budgets.settle(paid, [held.id])
        if then == "free":
            budgets.free("me")
        assert sum(costs) <= meter(budgets, key).held("usd") <= cap
    budgets.free("me")
    assert meter(budgets, key) == Meter(key, len(costs), sum(costs), 0, 0)


DYING = """
import json, sys
import django
django.setup()
from django.db import connection
connection.settings_dict.update(json.loads(sys.argv[1]))
from factotum.process import executor_id
from factotum.runs.budgets.caps import Subject
from factotum.runs.budgets.ports import Claim, Hold, MeterKey
from factotum.store.budgets import StoredBudgets
from factotum.store.presences import StoredPresences

me = executor_id()
StoredPresences().enter(me)
day = MeterKey(Subject("account", 7), "2026-11-22")
for number in (1, 2, 3):
    hold = Hold(f"{number:032x}", me, f"{number}", number == 3, 1000.0)
    assert StoredBudgets().reserve([Claim(day, 100, 400, 3)], hold).full is None
print(me, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def killed():
    """A process that was killed while it held three reservations."""
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    there = json.dumps({name: str(connection.settings_dict[name]) for name in names})
    process = subprocess.Popen(
        [sys.executable, "-c", DYING, there],
        env=dict(os.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = process.stdout.readline().strip()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert told
    return told


async def test_what_a_killed_process_held_is_free_when_its_work_is_taken_over(
    budgets, threads, killed
):
    assert (await threads.run(budgets.reserve, [Claim(DAY, 0, 400, 3)])).full is not None
    mine = executor_id()
    presence = Presence(mine, StoredPresences(), threads, is_gone)
    await presence.enter()
    dead = []

    async def take_over(executors):
        dead.extend(executors)
        await threads.run(budgets.free, mine)

    await presence.once(take_over)

    assert dead == [killed]
    found = await threads.run(meter, budgets)
    assert found == Meter(DAY, 1, 100, 0, 0)  # one of them was a read
    for number in (4, 5):
        held = hold(number, mine)
        assert (await threads.run(budgets.reserve, [Claim(DAY, 100, 400, 3)], held)).full is None
