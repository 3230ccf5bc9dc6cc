"""A run on another revision of its behavior: compared with what it did, and nothing is sent."""

from __future__ import annotations

import asyncio
import copy

import pytest
from tests.guide.packages import action, outcome, request
from tests.servers.desk import THE_APP

from factotum.core.errors import BadInput, Refused
from factotum.core.values import Ref

pytestmark = pytest.mark.django_db(transaction=True)

POST = ("POST", "/1.1/statuses/update.json")
USER = ("GET", "/1.1/users/show.json")


async def ran(desk, behavior_id, values, *, wait):
    view = await desk.app.run_behavior(THE_APP, behavior_id, values, wait=wait)
    async with asyncio.timeout(20):
        while view.run.status not in {"done", "failed"}:
            await asyncio.sleep(0.05)
            view = await desk.app.run_view(THE_APP, view.id)
    return view


async def changed(desk, behavior_id, change):
    """The behavior's next revision."""
    record = await desk.app.get(THE_APP, Ref("behavior", behavior_id))
    nodes = copy.deepcopy(record["nodes"])
    change(nodes)
    await desk.app.save(THE_APP, record.ref, {"nodes": nodes}, {})


def say_more(nodes):
    nodes[0]["params"]["actions"][0]["http_body"] = "status={{var_text|url_encode}}%21"


both = pytest.mark.parametrize("wait", [False, True], ids=["durable", "attended"])


@both
async def test_the_same_revision_decides_and_asks_for_the_same(desk, linked, working, wait):
    view = await ran(desk, linked["b_post"], {"var_text": "Hello"}, wait=wait)

    replay = await desk.app.replay_run(THE_APP, view.id, 1)

    assert replay.is_same
    assert (replay.status, replay.error, replay.revision, replay.latest) == ("done", "", 1, 1)
    [pair] = replay.requests
    assert pair.then["body"] == "status=Hello"
    assert [(one.then, one.now) for one in replay.decisions] == [("ok", "ok")]
    assert bool(replay.notes) is wait
    assert len(desk.seen(*POST)) == 1


@both
async def test_a_changed_request_is_shown_beside_the_old_one_and_not_sent(
    desk, linked, working, wait
):
    view = await ran(desk, linked["b_post"], {"var_text": "Hello"}, wait=wait)
    await changed(desk, linked["b_post"], say_more)

    replay = await desk.app.replay_run(THE_APP, view.id)

    [pair] = replay.requests
    assert (replay.revision, pair.state, replay.is_same) == (2, "changed", False)
    assert (pair.then["body"], pair.now["body"]) == ("status=Hello", "status=Hello%21")
    assert len(desk.seen(*POST)) == 1


@both
async def test_another_way_through_the_tree_and_what_it_would_ask_for(desk, linked, working, wait):
    view = await ran(desk, linked["b_user"], {"var_name": "alice"}, wait=wait)
    host = "https://api.twitter.com"

    def look_twice(nodes):
        again = request(
            "post", f"{host}/1.1/statuses/update.json", "status={{answer.name}}", auth=""
        )
        nodes.append(outcome("answer.screen_name", "alice", action("Say it", again)))
        nodes[-1]["nodes"][0]["params"]["groups"][0]["conditions"][0] = {
            "condition": "_custom_script",
            "tpl": "{{answer.screen_name}}",
            "oper": "is",
            "value": "alice",
        }

    await changed(desk, linked["b_user"], look_twice)
    replay = await desk.app.replay_run(THE_APP, view.id)

    assert [pair.state for pair in replay.requests] == ["same", "new"]
    assert replay.requests[1].then is None
    assert replay.requests[1].now["body"] == "status=Alice"
    assert [(one.then, one.now) for one in replay.decisions] == [
        ("ok", "ok"),
        ("", "ok"),
        ("", "passed"),
        ("", "ok"),
    ]
    assert desk.seen(*POST) == []
    assert len(desk.seen(*USER)) == 1


async def test_what_is_not_asked_for_any_more_is_missing(desk, linked, working):
    view = await ran(desk, linked["b_post"], {"var_text": "Hello"}, wait=False)
    await changed(desk, linked["b_post"], lambda nodes: nodes[0].update(status="disabled"))

    replay = await desk.app.replay_run(THE_APP, view.id, 2)

    assert [pair.state for pair in replay.requests] == ["missing"]
    assert [(one.then, one.now) for one in replay.decisions] == [("ok", "skipped")]


async def test_a_replay_that_would_fail_says_so(desk, linked, working):
    view = await ran(desk, linked["b_post"], {"var_text": "Hello"}, wait=False)
    await changed(
        desk,
        linked["b_post"],
        lambda nodes: nodes[0]["params"]["actions"][0].update(http_url="{{ nothing|nosuch }}"),
    )

    replay = await desk.app.replay_run(THE_APP, view.id, 2)

    assert replay.status == "failed"
    assert "nosuch" in replay.error


async def test_what_cannot_be_replayed_is_told(desk, linked, ada, bob, chatting):
    view = await desk.app.run_behavior(bob, linked["b_post"], {"var_text": "Hello"})
    with pytest.raises(BadInput, match="1 to 1"):
        await desk.app.replay_run(ada, view.id, 7)
    with pytest.raises(Refused, match="inside the behavior"):
        await desk.app.replay_run(bob, view.id)
    queued = await desk.app.run_behavior(ada, linked["b_post"], {"var_text": "H"}, wait=False)
    with pytest.raises(Refused, match="has not ended"):
        await desk.app.replay_run(ada, queued.id)
    await chatting.answered("Hello again")
    runs = (await desk.app.runs(ada)).runs
    chat = next(run for run in runs if ".chat." in run.trigger)
    with pytest.raises(Refused, match="chat"):
        await desk.app.replay_run(ada, chat.id)
