"""Webhooks: who listens answers, a change counts at once, a crowd costs one look-up."""

import asyncio

import pytest
from tests.servers.desk import THE_APP

from factotum.core.errors import NotFound
from factotum.core.values import Ref
from factotum.usecases.webhook_call import WebhookCall
from factotum.web.hooks import webhooks

GUID = "g" * 40


def answering(script):
    """A package whose webhook answers what a script says."""
    action = {"action": "set_http_body", "value": script}
    behavior = {
        "uid": "behavior",
        "title": "Answer",
        "event": {"key": "event.webhook.received", "label": "Webhook received"},
        "nodes": [{"type": "action", "title": "Answer", "params": {"actions": [action]}}],
    }
    listener = {
        "uid": "listener",
        "_context": "webhook_listener",
        "name": "Answers",
        "guid": GUID,
        "extension_id": "cerb.webhooks.listener.engine.va",
        "extension_params": {"behavior_id": "{{{uid.behavior}}}"},
    }
    owner = {"context": "cerberusweb.contexts.app", "id": 0}
    return {
        "package": {"name": "Answers", "revision": 1, "requires": {"cerb_version": "9.1.0"}},
        "records": [listener],
        "bots": [{"uid": "bot", "name": "Answerer", "owner": owner, "behaviors": [behavior]}],
    }


@pytest.fixture
async def told(desk):
    """Puts an answering webhook up; what was imported."""

    async def put(script):
        return (await desk.app.import_package(THE_APP, answering(script))).records

    return put


def call(**values):
    return WebhookCall(**{"guid": GUID, "method": "POST", **values})


async def until_kept(desk, count):
    """The runs on disk, once there are that many."""
    while len(runs := (await desk.app.runs(THE_APP, limit=100)).runs) < count:  # noqa: ASYNC110
        await asyncio.sleep(0.01)  # nothing tells from outside when a journal is written
    return runs


async def test_a_body_that_takes_too_long_is_408_and_runs_nothing(desk, told, monkeypatch):
    await told("")
    monkeypatch.setattr(webhooks, "get_app", lambda: desk.app)
    monkeypatch.setattr(webhooks, "BODY_SECONDS", 0.05)
    headers = [(b"content-length", b"20")]
    scope = {"method": "POST", "path": f"/webhooks/{GUID}", "headers": headers}
    pieces = [{"type": "http.request", "body": b"half of", "more_body": True}]
    answers = []

    async def receive():
        return pieces.pop() if pieces else await asyncio.Event().wait()

    async def send(message):
        answers.append(message)

    await webhooks.webhooks(scope, receive, send)

    assert answers[0]["status"] == 408
    assert answers[1]["body"] == b"The body took too long to arrive.\n"
    assert (await desk.app.runs(THE_APP, limit=1)).runs == []


async def test_a_call_is_answered_by_what_the_behavior_makes_of_it(desk, told):
    await told("{{http_verb}} {{http_path}} {{http_params.q}} {{http_headers.x_a}} {{http_body}}")
    headers = (("x-a", "one"), ("x-a", "two"))
    reply = await desk.app.receive_webhook(
        call(path="sub/path", query="q=a%20b", headers=headers, body=b"body")
    )

    assert reply.status == 200
    assert reply.body == b"POST sub/path a b one, two body"


async def test_the_run_is_on_disk_before_the_answer(desk, told):
    await told("hello")
    await desk.app.receive_webhook(call())

    found = await until_kept(desk, 1)
    assert [(run.title, run.status) for run in found] == [("Answers", "done")]


async def test_a_changed_behavior_answers_differently_at_once(desk, told):
    await told("before")
    assert (await desk.app.receive_webhook(call())).body == b"before"

    await told("after")
    assert (await desk.app.receive_webhook(call())).body == b"after"


async def test_a_webhook_that_is_taken_away_is_gone_at_once(desk, told):
    records = await told("hello")
    await desk.app.receive_webhook(call())

    listener = records["webhook_listener"]["listener"]["id"]
    await desk.app.delete(THE_APP, Ref("webhook_listener", listener))
    with pytest.raises(NotFound, match="no webhook at this address"):
        await desk.app.receive_webhook(call())


@pytest.mark.parametrize("guid", ["", "h" * 40, GUID[:-1]])
async def test_nobody_listens_at_other_addresses(desk, told, guid):
    await told("hello")

    with pytest.raises(NotFound, match="no webhook at this address"):
        await desk.app.receive_webhook(call(guid=guid))


async def test_a_crowd_is_answered_and_every_run_is_kept(desk, told):
    await told("{{http_params.n}}")
    calls = [desk.app.receive_webhook(call(query=f"n={number}")) for number in range(40)]
    replies = await asyncio.gather(*calls)

    assert [reply.body for reply in replies] == [str(number).encode() for number in range(40)]
    assert len(await until_kept(desk, 40)) == 40


async def test_a_behavior_that_fails_tells_the_caller_no_more_than_that(desk, told):
    await told("{{ 'a'|no_such_filter }}")
    reply = await desk.app.receive_webhook(call())

    assert reply.status == 500
    assert b"no_such_filter" not in reply.body
