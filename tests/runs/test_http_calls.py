"""Requests of behaviors against a real server: intent on disk first, sent once, told as it was."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from django.db import connection
from tests.servers.wire import OK, Last, Wire, redirect

from factotum.bots.effects import CallHttp
from factotum.core.database_trouble import StoreAway
from factotum.core.errors import NotFound, RelinkNeeded
from factotum.core.http import Request, Response
from factotum.net.door import Door
from factotum.runs import departing, writing
from factotum.runs.context import RunContext
from factotum.runs.http_calls import HttpCalls
from factotum.runs.kept_answers import keep_answer
from factotum.runs.ledger import Call, Ledger, NoReadBack
from factotum.runs.ports import SigningAccount
from factotum.runs.waiting import Wait

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "ya29.a0AfH6SMBx-secret"


class OneAccount:
    """Account 1 signs with a bearer token; others are unknown or not linked."""

    def __init__(self):
        self.answers = []
        self.fresh = None
        self.hosts = ()

    async def ready(self, account_id, actor):
        if account_id == 2:
            raise RelinkNeeded("It is not linked yet.", code="not-linked")
        if account_id != 1:
            raise NotFound("There is no such account.")
        return self._signing(TOKEN)

    async def renewed(self, account_id, actor):
        return self._signing(self.fresh) if self.fresh else None

    def answered(self, account_id, status):
        self.answers.append((account_id, status))

    def _signing(self, token):
        def sign(request):
            return request.with_header("Authorization", f"Bearer {token}")

        return SigningAccount(1, "@me", self.hosts, sign, frozenset({token}))


@pytest.fixture
def accounts():
    return OneAccount()


@pytest.fixture
async def calls(journals, accounts, gate):
    async with Door(allow_hosts=["127.0.0.1/32"], timeout=5) as door:
        yield HttpCalls(door, accounts, Ledger(journals.clock, NoReadBack()), gate, journals.clock)


def json_answer(body, status="200 OK"):
    text = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-A: 1\r\n"
    return f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text


def post(url, **more):
    return CallHttp(path="0#0", method="POST", url=url, body="a=1", **more)


async def states(journals, context):
    return [row.state for row in await journals.effects(context.journal)]


async def shown_as(journals, context, state):
    """The one effect, once it is in that state on disk."""
    async with asyncio.timeout(10):
        while True:
            rows = await journals.effects(context.journal)
            if [row.state for row in rows] == [state]:
                return rows[0]
            await asyncio.sleep(0.005)


async def test_the_intent_is_on_disk_before_the_request_arrives(journals, calls):
    context, seen = journals.context(), []

    def look():
        try:
            seen.extend(journals.store.effects(context.journal.run.id))
        finally:
            connection.close()

    def answer(_number, _request):
        with ThreadPoolExecutor(1) as thread:  # a loop's own thread may not ask the database
            thread.submit(look).result()
        return OK

    async with Wire(answer) as wire:
        await calls.call(post(f"{wire.url}/tweets?x=1"), context)

    assert [row.state for row in seen] == ["intended"]
    (row,) = await journals.effects(context.journal)
    assert (row.state, row.status_code, row.method, row.path) == ("answered", 200, "POST", "0#0")
    assert row.answered_at >= row.intended_at
    assert context.unsafe_sent


async def test_what_has_left_and_is_not_answered_at_once_is_on_disk_as_sent(
    journals, calls, monkeypatch
):
    monkeypatch.setattr(departing, "AT_ONCE", 0.001)
    context, answer = journals.context(), asyncio.Event()

    async def late(_number, _request):
        await answer.wait()
        return OK

    async with Wire(late) as wire:
        call = asyncio.create_task(calls.call(post(wire.url), context))
        row = await shown_as(journals, context, "sent")
        answer.set()
        await call

    assert (row.state, row.sent_at >= row.intended_at) == ("sent", True)
    assert await states(journals, context) == ["answered"]


async def test_what_waits_for_a_connection_is_not_sent(journals, calls, monkeypatch):
    monkeypatch.setattr(departing, "AT_ONCE", 0.0)
    context = journals.context()

    await calls.call(post("http://127.0.0.1:9/"), context)

    (row,) = await journals.effects(context.journal)
    assert (row.state, row.sent_at) == ("refused", None)


async def test_nothing_leaves_where_the_intent_cannot_be_written(journals, calls):
    context = journals.context(title=None)  # the column takes no NULL
    async with Wire() as wire:
        with pytest.raises(Exception, match=r"(?i)null"):
            await calls.call(post(wire.url), context)

    assert wire.connections == 0


@pytest.fixture
def away(journals, monkeypatch):
    """Call it, and the database cannot be written; again, and it can."""
    write, is_away = journals.store.write, [False]

    def written(entries):
        if is_away[0]:
            raise StoreAway
        write(entries)

    monkeypatch.setattr(journals.store, "write", written)
    monkeypatch.setattr(writing, "AGAIN", 0.01)
    monkeypatch.setattr(writing, "PATIENCE", 0.0)
    return lambda: is_away.append(not is_away.pop())


async def test_nothing_leaves_while_the_database_is_away_and_it_is_told_so_later(
    journals, calls, away
):
    context = journals.context()
    away()
    async with Wire() as wire:
        with pytest.raises(StoreAway):
            await calls.call(post(wire.url), context)
    away()
    await context.journal.commit()

    assert wire.connections == 0
    (row,) = await journals.effects(context.journal)
    assert (row.state, row.note) == ("refused", StoreAway().sentence)


async def test_an_answer_that_cannot_be_written_yet_is_given_and_written_later(
    journals, calls, away
):
    context = journals.context()

    def answer(_number, _request):
        away()
        return OK

    async with Wire(answer) as wire:
        result = await calls.call(post(wire.url), context)
    before = await states(journals, context)
    away()
    await context.journal.commit()

    assert (result.http_code, before) == (200, ["intended"])
    assert await states(journals, context) == ["answered"]


@pytest.mark.parametrize("status", ["400 Bad", "401 No", "403 No", "429 Slow", "500 Oh", "503 Oh"])
async def test_an_answer_is_an_answer_whatever_it_says(journals, calls, status):
    context = journals.context()
    async with Wire(json_answer({"errors": []}, status)) as wire:
        result = await calls.call(post(wire.url), context)

    assert result.http_code == int(status[:3])
    (row,) = await journals.effects(context.journal)
    assert (row.state, row.status_code) == ("answered", result.http_code)
    assert len(wire.requests) == 1


async def test_no_answer_after_it_left_is_unknown_and_it_is_not_sent_again(journals, calls):
    context = journals.context()
    async with Wire(lambda _number, _request: None) as wire:
        result = await calls.call(post(wire.url), context)

    assert result.error
    assert result.http_code == 0
    assert len(wire.requests) == 1
    assert await states(journals, context) == ["unknown"]
    (row,) = await journals.effects(context.journal)
    assert row.note == result.error


async def test_an_answer_that_breaks_off_is_unknown(journals, calls):
    cut = Last(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    context = journals.context()
    async with Wire(cut) as wire:
        await calls.call(post(wire.url), context)

    assert await states(journals, context) == ["unknown"]


async def test_no_connection_is_refused_for_nothing_was_sent(journals, calls):
    async with Wire() as wire:
        url = wire.url
    context = journals.context()
    result = await calls.call(post(url), context)

    assert result.code == "no-connection"
    assert await states(journals, context) == ["refused"]


async def test_a_private_address_is_refused_before_anything_leaves(journals, calls):
    context = journals.context()
    result = await calls.call(post("http://169.254.169.254/latest"), context)

    assert result.code == "private-address"
    assert await states(journals, context) == ["refused"]


async def test_a_redirect_to_where_we_do_not_go_is_unknown_for_the_first_request_left(
    journals, calls
):
    context = journals.context()
    async with Wire(redirect(307, "http://169.254.169.254/")) as wire:
        result = await calls.call(post(wire.url), context)

    assert result.code == "private-address"
    assert await states(journals, context) == ["unknown"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_a_safe_request_needs_no_ledger(journals, calls, method):
    context = journals.context()
    async with Wire(b"HTTP/1.1 204 Done\r\n\r\n") as wire:
        await calls.call(CallHttp(path="0#0", method=method, url=wire.url), context)
        await context.journal.finish("done")

    assert await states(journals, context) == []
    assert not context.unsafe_sent
    (step,) = await journals.steps(context.journal)
    assert (step.kind, step.status, step.title) == ("http", "ok", f"{method} {wire.url[7:]}")


async def test_two_requests_of_one_action_are_two_effects(journals, calls):
    context = journals.context()
    async with Wire() as wire:
        await calls.call(post(wire.url), context)
        await calls.call(post(wire.url), context)

    first, second = await journals.effects(context.journal)
    assert first.key != second.key
    assert first.fingerprint == second.fingerprint


async def test_the_token_signs_and_is_nowhere_on_disk(journals, calls, accounts):
    context = journals.context()
    echo = json_answer({"you": f"Bearer {TOKEN}"})
    async with Wire(echo) as wire:
        accounts.hosts = (wire.url.removeprefix("http://"),)
        result = await calls.call(post(f"{wire.url}/?t={TOKEN}", account_id=1), context)
        await context.journal.finish("done", placeholders={"r": result.as_placeholder()})

    assert wire.header("authorization") == f"Bearer {TOKEN}"
    assert result.body == {"you": "Bearer •••"}
    journal = context.journal
    on_disk = [await look(journal) for look in (journals.run, journals.steps, journals.effects)]
    assert TOKEN not in str(on_disk)
    assert accounts.answers == [(1, 200)]


async def test_a_401_is_asked_anew_once_with_fresh_credentials(journals, calls, accounts):
    accounts.fresh = "fresh-token-of-the-account"
    context = journals.context()
    answers = [json_answer({}, "401 Expired"), json_answer({"id": 1}, "201 Made")]
    async with Wire(lambda number, _request: answers[number]) as wire:
        accounts.hosts = (wire.url.removeprefix("http://"),)
        result = await calls.call(post(wire.url, account_id=1), context)

    assert result.http_code == 201
    assert wire.header("authorization") == f"Bearer {accounts.fresh}"
    rows = await journals.effects(context.journal)
    assert [(row.state, row.status_code) for row in rows] == [("answered", 401), ("answered", 201)]


async def test_without_fresh_credentials_a_401_stays_what_it_is(journals, calls, accounts):
    context = journals.context()
    async with Wire(json_answer({}, "401 No")) as wire:
        accounts.hosts = (wire.url.removeprefix("http://"),)
        result = await calls.call(post(wire.url, account_id=1), context)

    assert result.http_code == 401
    assert len(wire.requests) == 1


def made_and_then(status):
    """A service that sends whoever posts on to what was made, and answers that so."""
    answers = [redirect(303, "/made"), json_answer({}, status)]
    return Wire(lambda number, _request: answers[min(number, 1)])


async def test_what_was_redirected_and_then_finds_no_room_is_not_sent_again(journals, calls):
    context = journals.context(driver="durable")
    context.is_durable = True
    async with made_and_then("429 Too Many") as wire:
        result = await calls.call(post(wire.url), context)

    assert result.http_code == 429
    assert await states(journals, context) == ["answered"]


async def test_that_it_was_redirected_is_known_when_its_run_is_walked_again(
    journals, calls, accounts, sealer
):
    accounts.fresh = "fresh-token-of-the-account"
    first, again = journals.context(driver="durable"), journals.context(driver="durable")
    again.journal.run = first.journal.run
    for context in first, again:
        context.is_durable, context.sealer = True, sealer
    async with made_and_then("401 Expired") as wire:
        accounts.hosts = (wire.url.removeprefix("http://"),)
        await calls.call(post(wire.url, account_id=1), first)
        again.earlier = {row.key: row for row in await journals.effects(first.journal)}
        result = await calls.call(post(wire.url, account_id=1), again)

    assert result.http_code == 401
    assert len(wire.requests) == 2


async def walked_again(journals, calls, sealer, wire, states, **more):
    """What a durable run gets whose process died when its request (and its next try) stood so."""
    first = journals.context(driver="durable")
    ledger = Ledger(journals.clock, NoReadBack())
    again = RunContext(first.journal, first.actor, is_durable=True, sealer=sealer)
    effect = post(wire.url, **more)
    for state, values in states:
        row = ledger._row(Call(Request("POST", wire.url, body=b"a=1"), effect, first))
        again.earlier[row.key] = replace(row, state=state, **values)
    return await calls.call(effect, again)


async def test_a_second_try_with_fresh_credentials_is_not_forgotten(
    journals, calls, accounts, sealer
):
    refused = {"status_code": 401, "answer": keep_answer(Response(401), sealer)}
    async with Wire() as wire:
        accounts.hosts = (wire.url.removeprefix("http://"),)
        sent = [("answered", refused), ("intended", {})]
        with pytest.raises(Wait) as wait:
            await walked_again(journals, calls, sealer, wire, sent, account_id=1)

    assert wait.value.code == "unknown"
    assert wire.requests == []


@pytest.mark.parametrize("account_id", [2, 3])
async def test_what_an_account_had_sent_is_settled_when_it_cannot_sign_any_more(
    journals, calls, sealer, account_id
):
    made = {"status_code": 201, "answer": keep_answer(Response(201), sealer)}
    async with Wire() as wire:
        walked = partial(walked_again, journals, calls, sealer, wire, account_id=account_id)
        with pytest.raises(Wait) as wait:
            await walked([("intended", {})])
        given = await walked([("answered", made)])
        not_done = await walked([("settled", {"outcome": "not-done"})])

    assert (wait.value.code, given.http_code) == ("unknown", 201)
    assert not_done.code in {"not-linked", "not-found"}
    assert wire.requests == []


@pytest.mark.parametrize(("account_id", "code"), [(2, "not-linked"), (3, "not-found")])
async def test_an_account_that_cannot_sign_sends_nothing(journals, calls, account_id, code):
    context = journals.context()
    async with Wire() as wire:
        result = await calls.call(post(wire.url, account_id=account_id), context)
        await context.journal.finish("failed")

    assert result.code == code
    assert wire.connections == 0
    assert await states(journals, context) == []
    (step,) = await journals.steps(context.journal)
    assert step.status == "failed"
    assert step.data["error"] == {"code": code, "sentence": result.error}


async def test_an_account_signs_only_for_its_hosts(journals, calls, accounts):
    accounts.hosts = ("api.example.com",)
    context = journals.context()
    async with Wire() as wire:
        result = await calls.call(post(wire.url, account_id=1), context)

    assert result.code == "host-not-allowed"
    assert wire.connections == 0
    assert await states(journals, context) == ["refused"]


async def test_a_simulation_sends_nothing_unless_the_action_says_so(journals, calls):
    async with Wire() as wire:
        context = journals.context()
        context.simulate = True
        result = await calls.call(post(wire.url), context)
        assert result.is_simulated
        assert wire.connections == 0

        sent = await calls.call(post(wire.url, send_in_simulator=True), context)
        assert sent.http_code == 200
    assert await states(journals, context) == ["answered"]


async def test_the_step_shows_the_exchange(journals, calls):
    context = journals.context()
    async with Wire(json_answer({"data": {"id": "7"}})) as wire:
        await calls.call(post(wire.url, headers=(("X-B", "2"),)), context)
        await context.journal.finish("done")

    step = (await journals.steps(context.journal))[-1]
    asked, got = step.data["request"], step.data["response"]
    assert (asked["method"], asked["body"], asked["headers"]) == ("POST", "a=1", {"X-B": "2"})
    assert (got["status"], got["headers"]["x-a"]) == (200, "1")
    assert json.loads(got["body"]) == {"data": {"id": "7"}}
    assert step.ms > 0


async def test_bodies_are_what_their_type_says(calls, journals):
    shapes = {
        b"application/json": (b'{"a":1}', {"a": 1}),
        b"application/problem+json; charset=utf-8": (b"[1]", [1]),
        b"application/json;broken=1": (b"{", "{"),
        b"text/html; charset=latin-1": (b"\xe9", "é"),
        b"image/png": (b"\x89PNG", "iVBORw=="),
    }
    for kind, (body, wanted) in shapes.items():
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
        async with Wire(answer % (kind, len(body), body)) as wire:
            effect = CallHttp(path="0#0", method="GET", url=wire.url)
            result = await calls.call(effect, journals.context())
            raw = await calls.call(replace(effect, raw_response_body=True), journals.context())
        assert result.body == wanted
        assert raw.body == (wanted if isinstance(wanted, str) else body.decode())
