"""What is asked to settle something is paid within the caps, waits for room, and is nobody's request."""

import time

import pytest
from tests.servers.comments import Comments

from factotum.core.errors import RetryLater
from factotum.core.http import Request
from factotum.net.door import Door
from factotum.net.stand_in import StandIn
from factotum.runs.budgets.caps import Subject, read_caps
from factotum.runs.budgets.periods import day_and_month
from factotum.runs.looking import Lookout
from factotum.runs.ports import SigningAccount
from factotum.runs.read_back_rule import rule_for
from factotum.store.budgets import StoredBudgets

pytestmark = pytest.mark.django_db(transaction=True)

HOST = "api.github.com"
COMMENTS = f"https://{HOST}/repos/octo/demo/issues/7/comments"
ASKED = f"{COMMENTS}?since=2026-11-01T00:00:00Z&per_page=100"
ACCOUNT = Subject("account", 1)
PRICES = [{"request": "GET /*", "price": "0.010"}]


class OneAccount:
    secrets = frozenset({"gho_secret"})

    async def ready(self, account_id, actor):
        return SigningAccount(1, "octocat", (HOST,), lambda sent: sent, self.secrets, service_id=4)


@pytest.fixture
def github():
    with Comments() as served:
        yield served


@pytest.fixture
def account():
    return OneAccount()


@pytest.fixture
async def lookout(github, account, gate, journals):
    async with Door(allow_hosts=["127.0.0.1/32"], timeout=5) as door:
        yield Lookout(StandIn(door, github.base_url, {HOST}), account, gate, journals.clock)


@pytest.fixture
async def capped(threads):
    """Sets the prices, and the caps of the account."""
    budgets = StoredBudgets()

    async def cap(*caps):
        await threads.run(budgets.set_prices, 4, PRICES)
        await threads.run(budgets.set_caps, ACCOUNT, read_caps(ACCOUNT, caps))

    return cap


def rule():
    return rule_for(Request("POST", COMMENTS))


def context(journals):
    made = journals.context(driver="durable")
    made.is_durable = True
    return made


async def test_it_is_paid_and_none_of_the_requests_that_are_counted(
    lookout, capped, journals, gate, threads
):
    await capped({"period": "day", "unit": "requests", "amount": 1})
    asking = context(journals)
    await lookout.get(ASKED, 1, asking)
    await lookout.get(ASKED, 1, asking)

    await gate.drain()
    found = await threads.run(StoredBudgets().meters, [ACCOUNT], day_and_month(time.time()))
    assert [(each.requests, each.micros, each.reserved_requests) for each in found] == [
        (0, 20_000, 0)
    ] * 2
    assert asking.journal.run.cost == 20_000
    assert asking.priced == {}


async def test_it_waits_for_room_in_the_budget(lookout, capped, journals, github):
    await capped({"period": "day", "unit": "usd", "amount": "0.015"})
    await lookout.get(ASKED, 1, context(journals))

    with pytest.raises(RetryLater) as full:
        await lookout.get(ASKED, 1, context(journals))

    assert (full.value.code, full.value.until % 86400) == ("over-budget", 0)
    assert len(github.asked) == 1


async def test_whose_account_it_is_is_asked_once_for_the_same_keys(
    lookout, account, journals, github
):
    for _ in range(2):
        assert await lookout.first(rule(), 1, context(journals)) == {"login": "octocat"}
    assert [each.path for each in github.asked] == ["/user"]

    github.login, account.secrets = "hubot", frozenset({"gho_another"})
    assert await lookout.first(rule(), 1, context(journals)) == {"login": "hubot"}
