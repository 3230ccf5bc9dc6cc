"""Durable runs at a service that honours idempotency keys: sent again by its key, and done once."""

from __future__ import annotations

import asyncio
import http.client
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.servers.till import Till

from factotum.bots.effects import CallHttp
from factotum.clock import SystemClock
from factotum.core.errors import NotInCharge
from factotum.core.values import Actor
from factotum.net.door import Door
from factotum.records.idempotency import read_line
from factotum.runs.context import RunContext
from factotum.runs.http_calls import HttpCalls
from factotum.runs.idempotency import Honoured
from factotum.runs.ledger import Ledger, NoReadBack
from factotum.runs.ports import SigningAccount
from factotum.runs.retrying import TRIES
from factotum.runs.sendings import made_key
from factotum.runs.waiting import Wait

pytestmark = pytest.mark.django_db(transaction=True)

DAY = 86_400
TOKEN = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
OWN = "order-4711"


class Clock(SystemClock):
    """The time, which a test puts forward."""

    ahead = 0.0

    def __call__(self):
        moment = super().__call__()
        return replace(moment, at=moment.at + timedelta(seconds=self.ahead))


class OneAccount:
    """Account 1, at a service that honours ``lines``."""

    def __init__(self, host, *lines):
        self.host = host
        self.honours = tuple(Honoured.read(read_line(line)) for line in lines)

    async def ready(self, account_id, actor):
        def sign(request):
            return request.with_header("Authorization", f"Bearer {TOKEN}")

        secrets = frozenset({TOKEN})
        return SigningAccount(1, "@me", (self.host,), sign, secrets, honours=self.honours)

    async def renewed(self, account_id, actor):
        return None

    def answered(self, account_id, status):
        pass


class Fence:
    """Lets nothing leave ``refusals`` times."""

    refusals = 0

    async def fresh(self):
        pass

    def check(self):
        if self.refusals:
            self.refusals -= 1
            raise NotInCharge("This process stood still.")


class Charging:
    """A durable run that charges once; each ``walk`` takes it up again, as after a crash or a wait."""

    def __init__(self, till, calls, journals, clock, sealer):
        self.till, self.calls, self.journals = till, calls, journals
        self.clock, self.sealer = clock, sealer
        self.journal = journals.begin(driver="durable")
        self.fence = Fence()
        self.tries = Counter()
        self.effect = CallHttp(
            path="0.1#0", method="POST", url=f"{till.url}/v1/charges", body="amount=5", account_id=1
        )

    @property
    def key(self):
        return made_key(f"{self.journal.run.id}:0.1#0:1")

    async def rows(self):
        return await self.journals.effects(self.journal)

    async def told(self):
        return [(row.state, row.outcome) for row in await self.rows()]

    async def walk(self, **changes):
        """The result of the request, or the Wait."""
        context = RunContext(self.journal, Actor.app(), is_durable=True, sealer=self.sealer)
        context.earlier = {row.key: row for row in await self.rows()}
        context.fence, context.tries = self.fence, self.tries
        try:
            return await self.calls.call(replace(self.effect, **changes), context)
        except Wait as wait:
            return wait

    async def until_it_ends(self, **changes):
        """Walked whenever its time has come; the codes it waited for, and the result or last Wait."""
        codes = []
        while isinstance(result := await self.walk(**changes), Wait):
            codes.append(result.code)
            if result.until is None:
                break
            self.clock.ahead += max(0.0, result.until - self.clock().at.timestamp())
        return codes, result

    async def step(self):
        await self.journal.finish("done")
        return (await self.journals.steps(self.journal))[-1].data


@pytest.fixture
def till():
    with Till() as served:
        yield served


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def make_charging(till, journals, gate, clock, sealer):
    """Makes a run, at a service that honours those lines."""
    async with Door(allow_hosts=["127.0.0.1/32"], timeout=5) as door:

        def make(*lines):
            account, ledger = OneAccount(till.host, *lines), Ledger(clock, NoReadBack())
            calls = HttpCalls(door, account, ledger, gate, clock)
            return Charging(till, calls, journals, clock, sealer)

        yield make


@pytest.fixture
def charging(make_charging):
    return make_charging(f"POST /v1/* {DAY}")


async def test_the_key_is_sent_kept_and_shown_and_is_no_secret(charging, till):
    result = await charging.walk()

    assert result.http_code == 200
    assert till.keys == [charging.key]
    [row] = await charging.rows()
    assert (row.state, row.idempotency_key) == ("answered", charging.key)
    step = await charging.step()
    assert step["idempotency"] == {
        "header": "Idempotency-Key",
        "key": charging.key,
        "sendings": 1,
        "is_own": False,
        "is_replayed": False,
    }
    assert TOKEN not in str(step)


@pytest.mark.parametrize(("fault", "made_again"), [("cut-before", False), ("cut-after", True)])
async def test_no_answer_is_settled_by_sending_the_same_again(charging, till, fault, made_again):
    till.faults.append(fault)

    wait = await charging.walk()
    assert (wait.code, await charging.told()) == ("retry", [("unknown", "")])
    assert "same key" in wait.reason
    codes, result = await charging.until_it_ends()

    assert (codes, result.http_code) == ([], 200)
    assert len(till.charges) == 1
    assert till.keys == [charging.key] * 2
    assert till.came[0].body == till.came[1].body
    assert await charging.told() == [("settled", "sent-again"), ("answered", "")]
    told = (await charging.step())["idempotency"]
    assert (told["sendings"], told["is_replayed"]) == (2, made_again)


@pytest.mark.parametrize("state", ["intended", "sent"])
async def test_a_process_that_died_while_it_was_sent_sends_the_same_again(charging, till, state):
    await charging.walk()
    [row] = await charging.rows()
    died = replace(row, state=state, answered_at=None, status_code=None, answer="")
    await charging.journal.commit(died)

    codes, result = await charging.until_it_ends()

    assert (codes, result.body["id"]) == (["retry"], "ch_1")
    assert len(till.charges) == 1
    assert till.keys == [charging.key] * 2


async def test_what_was_answered_is_not_sent_again(charging, till):
    await charging.walk()
    result = await charging.walk()

    assert result.body["id"] == "ch_1"
    assert len(till.came) == 1


async def test_the_first_that_is_still_under_way_is_waited_for(charging, till):
    till.faults.append("held")
    await _intended(charging)
    first = threading.Thread(target=_post, args=(till, charging.key))
    first.start()
    while not till.charges:  # noqa: ASYNC110  its thread sets no event of this loop
        await asyncio.sleep(0.01)

    wait = await charging.walk()
    assert wait.code == "retry"
    wait = await charging.walk()
    assert (wait.code, till.keys) == ("retry", [charging.key] * 2)
    assert "409" in (await charging.rows())[-1].note
    till.let_go.set()
    first.join()

    _, result = await charging.until_it_ends()
    assert result.body["id"] == "ch_1"
    assert len(till.charges) == 1
    assert await charging.told() == [("settled", "sent-again")] * 2 + [("answered", "")]


async def _intended(charging):
    """The run as it is while the request is on its way."""
    charging.till.faults.appendleft("cut-before")
    await charging.walk()
    [row] = await charging.rows()
    await charging.journal.commit(replace(row, state="intended", answered_at=None, note=""))
    charging.till.came.clear()


def _post(till, key):
    connection = http.client.HTTPConnection(till.host, timeout=30)
    connection.request("POST", "/v1/charges", b"amount=5", {"Idempotency-Key": key})
    connection.getresponse().read()
    connection.close()


async def test_after_the_honoured_time_a_person_is_asked_and_nothing_is_sent(charging, till):
    till.faults.append("cut-after")
    await charging.walk()
    till.prune()
    charging.clock.ahead = DAY * 0.96

    wait = await charging.walk()

    assert (wait.until, wait.code) == (None, "unknown")
    assert len(till.came) == len(till.charges) == 1
    assert await charging.told() == [("unknown", "")]


async def test_the_time_counts_from_the_first_sending(make_charging, till):
    charging = make_charging("POST /v1/* 600")
    till.faults.extend(["cut-after"] + ["cut-before"] * 20)

    codes, wait = await charging.until_it_ends()

    assert (set(codes[:-1]), codes[-1], wait.until) == ({"retry"}, "unknown", None)
    rows = await charging.rows()
    assert {row.idempotency_key for row in rows} == {charging.key}
    assert rows[-1].intended_at < rows[0].intended_at + 600
    assert [row.state for row in rows] == ["settled"] * (len(rows) - 1) + ["unknown"]
    assert len(till.charges) == 1


async def test_it_is_not_sent_again_without_end(charging, till):
    till.faults.extend(["cut-before"] * 50)

    codes, _ = await charging.until_it_ends()

    assert codes == ["retry"] * TRIES + ["unknown"]
    assert len(till.came) == TRIES + 1


async def test_once_a_person_says_it_did_not_happen_it_is_sent_with_the_same_key(charging, till):
    till.faults.extend(["cut-before"] * (TRIES + 1))
    await charging.until_it_ends()
    last = (await charging.rows())[-1]
    await charging.journal.commit(replace(last, state="settled", outcome="not-done"))

    _, result = await charging.until_it_ends()

    assert result.http_code == 200
    assert set(till.keys) == {charging.key}


async def test_after_the_honoured_time_it_is_sent_with_a_new_key(charging, till):
    till.faults.append("cut-before")
    await charging.walk()
    [row] = await charging.rows()
    await charging.journal.commit(replace(row, state="settled", outcome="not-done"))
    charging.clock.ahead = DAY

    await charging.walk()

    assert till.keys == [charging.key, made_key(f"{charging.journal.run.id}:0.1#0:2")]


@pytest.mark.parametrize("change", [{"body": "amount=6"}, {"url": "{till}/v1/refunds"}])
async def test_another_request_than_was_sent_is_not_sent_in_its_place(charging, till, change):
    till.faults.append("cut-after")
    await charging.walk()
    changed = {name: text.format(till=till.url) for name, text in change.items()}

    wait = await charging.walk(**changed)

    assert (wait.until, wait.code) == (None, "unknown")
    assert len(till.came) == 1


async def test_a_key_that_the_behavior_sets_is_used_as_it_is(charging, till):
    till.faults.append("cut-after")
    own = {"headers": (("idempotency-key", OWN),)}

    codes, result = await charging.until_it_ends(**own)

    assert (codes, result.http_code) == (["retry"], 200)
    assert till.keys == [OWN, OWN]
    assert len(till.charges) == 1
    assert {row.idempotency_key for row in await charging.rows()} == {OWN}
    assert (await charging.step())["idempotency"]["is_own"]


async def test_with_another_key_of_its_own_it_is_not_sent_again(charging, till):
    till.faults.append("cut-after")
    await charging.walk(headers=(("Idempotency-Key", OWN),))

    wait = await charging.walk(headers=(("Idempotency-Key", "order-4712"),))

    assert (wait.until, wait.code) == (None, "unknown")
    assert till.keys == [OWN]


async def test_a_key_that_holds_a_secret_is_shown_without_it(charging, till):
    await charging.walk(headers=(("Idempotency-Key", f"by-{TOKEN}"),))

    assert till.keys == [f"by-{TOKEN}"]
    [row] = await charging.rows()
    assert row.idempotency_key == "by-•••"
    assert TOKEN not in str(await charging.step())


async def test_a_server_that_is_not_well_is_asked_the_same_again(charging, till):
    till.faults.extend([503, 500])

    codes, result = await charging.until_it_ends()

    assert (codes, result.http_code) == (["retry", "retry"], 200)
    assert till.keys == [charging.key] * 3
    assert len(till.charges) == 1


async def test_an_answer_given_again_is_the_answer_though_it_is_an_error(charging, till):
    till.faults.append("broken")

    codes, result = await charging.until_it_ends()

    assert (codes, result.http_code) == (["retry"], 500)
    assert len(till.came) == 2


async def test_a_server_that_stays_unwell_is_given_up_with_its_answer(charging, till):
    till.faults.extend([502] * 50)

    codes, result = await charging.until_it_ends()

    assert (codes, result.http_code) == (["retry"] * TRIES, 502)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_refusal_does_not_tell_what_became_of_the_first(charging, till, status):
    till.faults.extend(["cut-after"] + [status] * 50)

    codes, wait = await charging.until_it_ends()

    assert (codes[-1], wait.until) == ("unknown", None)
    assert [row.state for row in await charging.rows()][-1] == "unknown"
    assert len(till.charges) == 1


async def test_a_refusal_of_the_first_is_the_answer(charging, till):
    till.faults.append(422)

    assert (await charging.walk()).http_code == 422
    assert len(till.came) == 1


async def test_a_process_not_in_charge_leaves_open_what_was_open(charging, till):
    till.faults.append("cut-after")
    await charging.walk()
    charging.fence.refusals = 1

    codes, result = await charging.until_it_ends()

    assert (codes, result.http_code) == ([], 200)
    assert len(till.charges) == 1
    assert await charging.told() == [("settled", "sent-again")] * 2 + [("answered", "")]


async def test_after_its_deadline_a_run_sends_nothing_again(charging, till):
    till.faults.append("cut-after")
    await charging.walk()
    charging.journal.run = replace(charging.journal.run, deadline=1.0)

    wait = await charging.walk()

    assert (wait.until, wait.code) == (None, "unknown")
    assert len(till.came) == 1


@pytest.mark.parametrize("lines", [(), ("POST /v2/* 600",), ("PUT /v1/* 600",)])
async def test_where_no_key_is_honoured_none_is_sent(make_charging, till, lines):
    charging = make_charging(*lines)
    till.faults.append("cut-after")

    wait = await charging.walk()

    assert (wait.until, wait.code) == (None, "unknown")
    assert till.keys == [None]
    assert [row.idempotency_key for row in await charging.rows()] == [""]


async def test_a_rule_that_came_later_says_nothing_of_what_was_sent_before(make_charging, till):
    charging = make_charging()
    till.faults.append("cut-after")
    await charging.walk()
    charging.calls = make_charging(f"POST /v1/* {DAY}").calls

    wait = await charging.walk()

    assert (wait.until, wait.code) == (None, "unknown")
    assert len(till.came) == 1


async def test_a_header_of_another_name_may_hold_the_key(make_charging, till):
    charging = make_charging("POST /v1/* 600 X-Request-Once")

    await charging.walk()

    [came] = till.came
    assert (came.key, came.headers["x-request-once"]) == (None, charging.key)


async def test_an_attended_run_sends_the_key_and_sends_nothing_again(charging, till):
    till.faults.append("cut-after")
    context = RunContext(charging.journal, Actor.app())

    result = await charging.calls.call(charging.effect, context)

    assert result.is_unknown
    assert till.keys == [charging.key]
    assert await charging.told() == [("unknown", "")]
