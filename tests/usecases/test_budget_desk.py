"""Who waits for a service or a budget goes on once a person has made room."""

import time

import pytest
from tests.servers.desk import THE_APP
from tests.store.rows import run_at

from factotum.core.http import Request
from factotum.runs.run import Entry
from factotum.sandbox import billing
from factotum.usecases.budget_desk import KNOWN_BY_ALL

pytestmark = pytest.mark.django_db(transaction=True)

ME = Request("GET", "https://api.twitter.com/2/users/me")
NEXT_MONTH = 20 * 86_400


@pytest.fixture
async def wakes_at(desk):
    """Tells when runs that wait for each reason until next month will look again, in seconds."""
    runs, threads = desk.parts.outside.runs, desk.parts.outside.threads
    now = time.time()
    codes = ("over-budget", "month-cap", "retry")
    rows = {
        code: run_at(
            n + 1, driver="durable", status="waiting", wait_code=code, wake_at=now + NEXT_MONTH
        )
        for n, code in enumerate(codes)
    }
    await threads.run(runs.write, [Entry(row) for row in rows.values()])

    async def told():
        found = {code: await threads.run(runs.get, row.id) for code, row in rows.items()}
        return {code for code, run in found.items() if run.wake_at < time.time() + KNOWN_BY_ALL}

    return told


async def test_a_cap_that_is_raised_lets_those_go_on_who_wait_for_it(desk, linked, wakes_at):
    cap = {"period": "day", "unit": "requests", "amount": 5}
    account = ("account", linked["account"])
    await desk.app.set_caps(THE_APP, *account, [cap])
    await desk.app.set_caps(THE_APP, *account, [{**cap, "amount": 4}])
    assert await wakes_at() == set()

    await desk.app.set_caps(THE_APP, *account, [{**cap, "amount": 6}])

    assert await wakes_at() == {"over-budget"}


async def test_to_go_on_now_lets_those_go_on_who_wait_for_the_service(desk, linked, wakes_at):
    desk.fail("429")
    await desk.app.call(THE_APP, linked["account"], ME)

    assert await desk.app.go_on(THE_APP, linked["account"])

    assert await wakes_at() == {"month-cap"}


async def test_a_budget_that_comes_to_its_end_is_told_and_no_other(desk, linked):
    cap = {"period": "day", "unit": "requests", "amount": 2}
    account = ("account", linked["account"])
    assert await desk.app.budgets_near_their_end(THE_APP) == []
    await desk.app.set_caps(THE_APP, *account, [cap])
    assert await desk.app.budgets_near_their_end(THE_APP) == []

    for _ in range(2):
        await desk.app.call(THE_APP, linked["account"], ME)
    await desk.app.limits(THE_APP, linked["account"])

    [found] = await desk.app.budgets_near_their_end(THE_APP)
    assert found.record.id == linked["account"]
    assert found.warnings == [
        "100% of the account's budget of 2 requests a day is used; 0 requests left."
    ]


async def test_what_stops_an_app_is_shown_at_its_accounts_and_told_to_a_person(desk, linked):
    assert await desk.app.stopped_accounts(THE_APP) == []
    state = desk.sandbox.state
    for app_id in state.apps:
        billing.bill_of(state, app_id).credits = 0
    await desk.app.call(THE_APP, linked["account"], ME)

    stops = (await desk.app.budget_overview(THE_APP)).stops

    assert [(stop.key.scope, stop.code) for stop in stops.values()] == [("app", "out-of-credits")]
    assert set(stops) == {("account", linked["account"])}
    [(account, stop)] = await desk.app.stopped_accounts(THE_APP)
    assert (account.id, stop.code) == (linked["account"], "out-of-credits")
    assert "no credits left" in stop.sentence


async def test_a_pause_of_some_minutes_is_told_to_nobody(desk, linked):
    desk.fail("429")
    await desk.app.call(THE_APP, linked["account"], ME)
    assert await desk.app.stopped_accounts(THE_APP) == []
