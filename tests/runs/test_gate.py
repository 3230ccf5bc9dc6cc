"""Requests through the gate, against a real server: refused ahead of time, counted, priced, warned."""

import json
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tests.servers.wire import OK, Wire

from factotum.bots.effects import CallHttp
from factotum.core.errors import RetryLater
from factotum.net.door import Door
from factotum.runs.budgets.caps import Subject, read_caps
from factotum.runs.budgets.ports import MeterKey
from factotum.runs.http_calls import HttpCalls
from factotum.runs.ledger import Ledger, NoReadBack
from factotum.runs.ports import SigningAccount
from factotum.store.budgets import StoredBudgets

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = Subject("account", 1)


class OneAccount:
    hosts = ()

    async def ready(self, account_id, actor):
        return SigningAccount(
            1, "@me", self.hosts, lambda request: request, frozenset(), service_id=4
        )

    async def renewed(self, account_id, actor):
        return None

    def answered(self, account_id, status):
        pass


@pytest.fixture
def budgets():
    return StoredBudgets()


@pytest.fixture
def accounts():
    return OneAccount()


@pytest.fixture
async def calls(journals, gate, accounts):
    ledger = Ledger(journals.clock, NoReadBack())
    async with Door(allow_hosts=["127.0.0.1/32"], timeout=5) as door:
        yield HttpCalls(door, accounts, ledger, gate, journals.clock)


@pytest.fixture
def serve(accounts):
    """A server that the account may sign for."""

    @asynccontextmanager
    async def served(told=OK):
        async with Wire(told) as wire:
            accounts.hosts = (wire.url.removeprefix("http://"),)
            yield wire

    return served


def answer(status="200 OK", body=b"{}", **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode() + body


def post(url, **more):
    return CallHttp(path="0#0", method="POST", url=url, body="a=1", account_id=1, **more)


async def settings(threads, budgets, *, caps=(), prices=()):
    if caps:
        await threads.run(budgets.set_caps, ACCOUNT, read_caps(ACCOUNT, caps))
    await threads.run(budgets.set_prices, 4, prices)


async def steps(journals, context, kind):
    await context.journal.commit()
    return [each for each in await journals.steps(context.journal) if each.kind == kind]


async def test_the_request_after_the_last_is_not_sent(journals, serve, calls):
    reset = int(time.time()) + 300
    told = answer(X_RateLimit_Limit=2, X_RateLimit_Remaining=0, X_RateLimit_Reset=reset)
    async with serve(told) as wire:
        first = await calls.call(post(f"{wire.url}/a/81"), journals.context())
        context = journals.context()
        second = await calls.call(post(f"{wire.url}/a/82"), context)
        assert len(wire.requests) == 1
    assert first.http_code == 200
    assert (second.code, second.http_code) == ("rate-limited", 0)
    assert "UTC" in second.error
    assert await journals.effects(context.journal) == []


async def test_a_429_is_given_on_and_told(journals, serve, calls):
    body = json.dumps({"title": "UsageCapExceeded", "detail": "Monthly product cap"}).encode()
    async with serve(answer("429 Too Many Requests", body)) as wire:
        context = journals.context()
        first = await calls.call(post(f"{wire.url}/a"), context)
        second = await calls.call(post(f"{wire.url}/a"), journals.context())
    assert first.http_code == 429
    assert second.code == "month-cap"
    [told] = await steps(journals, context, "warning")
    assert told.data["code"] == "month-cap"
    assert "plan has in a month" in told.data["sentence"]


async def test_a_durable_run_is_to_try_again(journals, gate):
    context = journals.context()
    context.is_durable = True
    passage = gate.passage(_request(), None, context)
    await passage.enter()
    with pytest.raises(RetryLater) as refused:
        await passage.through(_answering(429))
    assert refused.value.until > time.time()


async def test_a_busy_service_may_have_done_it_all_the_same(journals, gate):
    context = journals.context()
    context.is_durable = True
    passage = gate.passage(_request(), None, context)
    response = await passage.through(_answering(503, ("Retry-After", "5")))
    assert response.status == 503


def _request():
    from factotum.core.http import Request

    return Request("POST", "https://a.example/x")


def _answering(status, *headers):
    from factotum.core.http import Response

    async def send():
        return Response(status, headers)

    return send


async def test_over_budget_is_not_sent(journals, serve, calls, threads, budgets, gate):
    caps = [{"period": "day", "unit": "usd", "amount": "0.03"}]
    prices = [{"request": "POST /*", "price": "0.015"}]
    await settings(threads, budgets, caps=caps, prices=prices)
    async with serve() as wire:
        contexts = [journals.context() for _ in range(3)]
        results = [await calls.call(post(f"{wire.url}/a"), context) for context in contexts]
        assert len(wire.requests) == 2
    assert [each.code for each in results] == ["", "", "over-budget"]
    [warned] = await steps(journals, contexts[1], "warning")
    assert warned.data["code"] == "near-budget"
    [sent] = await steps(journals, contexts[0], "http")
    assert sent.data["cost"] == {"usd": "0.015"}
    assert sent.data["budget"][0]["left"] == "0.015"
    await gate.drain()
    [day, _] = await threads.run(budgets.meters, [ACCOUNT], _periods())
    assert (day.requests, day.micros, day.reserved_micros) == (2, 30_000, 0)


async def test_what_was_not_sent_costs_nothing(journals, serve, calls, threads, budgets, gate):
    caps = [{"period": "day", "unit": "requests", "amount": 1}]
    await settings(threads, budgets, caps=caps)
    refused = await calls.call(post("http://10.0.0.1/"), journals.context())
    assert refused.error
    async with serve() as wire:
        assert (await calls.call(post(f"{wire.url}/a"), journals.context())).http_code == 200


async def test_a_simulation_says_what_it_would_cost(journals, serve, calls, threads, budgets):
    await settings(threads, budgets, prices=[{"request": "POST /*", "price": "0.2"}])
    context = replace(journals.context(driver="simulated"), simulate=True)
    async with serve() as wire:
        await calls.call(post(f"{wire.url}/a"), context)
    [step] = await steps(journals, context, "http")
    assert step.data["cost"] == {"usd": "0.20", "is_estimate": True}
    assert context.journal.run.cost == 200_000
    meters = await threads.run(budgets.meters, [ACCOUNT], _periods())
    assert meters == []


async def test_bots_and_behaviors_have_meters_too(journals, serve, calls, threads, budgets, gate):
    context = replace(journals.context(behavior_id=5), bot_id=3)
    async with serve() as wire:
        await calls.call(post(f"{wire.url}/a"), context)
    await gate.drain()
    found = await threads.run(budgets.meters, [], _periods())
    subjects = {each.key.subject.type for each in found}
    assert subjects == {"account", "bot", "behavior"}
    assert all(isinstance(each.key, MeterKey) and each.requests == 1 for each in found)


def _periods():
    from factotum.runs.budgets.periods import day_and_month

    return day_and_month(time.time())
