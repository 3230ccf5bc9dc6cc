"""Durable runs whose behavior says to wait, on a clock that is moved."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.guide.packages import action
from tests.servers.desk import THE_APP

from factotum.clock import SystemClock
from factotum.core.values import Moment, Ref

pytestmark = pytest.mark.django_db(transaction=True)

POST = ("POST", "/1.1/statuses/update.json")


@pytest.fixture
def ahead(monkeypatch):
    """By how many seconds this process's clock is ahead; set it to step the clock."""
    by, real = {"seconds": 0.0}, SystemClock.__call__

    def now(self):
        moment = real(self)
        return Moment.of(moment.at.timestamp() + by["seconds"], moment.seed)

    monkeypatch.setattr(SystemClock, "__call__", now)
    return by


async def behavior_of(desk, linked, title, *nodes):
    values = {
        "bot_id": linked["bot"],
        "title": title,
        "event_key": "event.macro.bot",
        "nodes": list(nodes),
    }
    return await desk.app.create(THE_APP, "behavior", values, {})


def delay(until):
    return {"action": "delay", "until": until}


async def rested(desk, run_id, task=1):
    """The run when nobody walks its task, or a later one, any more."""
    async with asyncio.timeout(20):
        while True:
            view = await desk.app.run_view(THE_APP, run_id)
            if view.run.task >= task and view.run.status not in {"queued", "running"}:
                return view
            await asyncio.sleep(0.02)


async def begun(desk, behavior, **more):
    view = await desk.app.run_behavior(THE_APP, behavior.id, {}, wait=False, **more)
    return await rested(desk, view.run.id)


async def woken(desk, view):
    """As the look-out does it each second, which may have come first."""
    await desk.parts.background.durable.wake_due()
    return await rested(desk, view.run.id, view.run.task + 1)


@pytest.fixture
async def posting(desk, linked):
    """A behavior that calls another, which waits before and after each of its two posts."""
    post = await desk.app.get(THE_APP, Ref("behavior", linked["b_post"]))
    sends = {
        **post["nodes"][0]["params"]["actions"][0],
        "http_body": "status={{post}}+{{post__counter}}",
    }
    loop = {
        "type": "loop",
        "title": "Each post",
        "params": {"foreach_json": json.dumps(["Tea", "Cake"]), "as_placeholder": "post"},
        "nodes": [
            action("Wait", delay("50 seconds")),
            action("Post and wait", sends, delay("{{post__counter}}0 seconds")),
        ],
    }
    inner = await behavior_of(desk, linked, "Post and wait", loop)
    calls = {"action": "_run_behavior", "behavior_id": str(inner.id)}
    return await behavior_of(desk, linked, "Calls it", action("Call", calls))


def texts(desk):
    return sorted(tweet.text for tweet in desk.sandbox.state.tweets.values())


async def test_a_delay_in_a_loop_of_a_called_behavior_resumes_in_place(
    desk, posting, working, ahead
):
    view = await begun(desk, posting)
    for seconds, sent in ((50, 0), (10, 1), (50, 1), (20, 2)):
        assert (view.run.status, view.run.wait_code) == ("waiting", "delay")
        assert view.run.wait_reason == f"The behavior waits here: “{seconds} seconds”."
        assert len(texts(desk)) == sent
        ahead["seconds"] += seconds + 1
        view = await woken(desk, view)

    assert (view.run.status, view.run.error, view.run.task) == ("done", "", 5)
    assert texts(desk) == ["Cake 2", "Tea 1"]
    assert len(desk.seen(*POST)) == 2
    assert [one["code"] for one in view.run.went_on] == ["delay"] * 4
    numbers = [step.number for step in view.steps]
    assert numbers == sorted(set(numbers))
    replay = await desk.app.replay_run(THE_APP, view.id, 1)
    assert (replay.is_same, replay.status) == (True, "done")


async def test_a_clock_that_is_set_back_and_a_hold_leave_the_delay_its_time(
    desk, linked, working, ahead
):
    made = await behavior_of(desk, linked, "Waits", action("Wait", delay("2 hours")))
    view = await begun(desk, made)
    until = view.run.wake_at
    ahead["seconds"] = -7200

    view = await woken(desk, view)
    assert (view.run.status, view.run.wait_code, view.run.wake_at) == ("waiting", "delay", until)

    await desk.app.hold_run(THE_APP, view.id)
    await desk.app.resume_run(THE_APP, view.id)
    view = await rested(desk, view.id, view.run.task + 1)
    assert (view.run.wait_code, view.run.wake_at) == ("delay", until)


async def test_go_on_now_ends_the_delay_that_a_run_is_in_and_a_cancel_the_run(
    desk, linked, working, ahead
):
    made = await behavior_of(
        desk, linked, "Waits", action("Wait", delay("300 days"), delay("2 hours"))
    )
    view = await begun(desk, made)

    await desk.app.resume_run(THE_APP, view.id)
    view = await rested(desk, view.id, 2)
    assert (view.run.status, view.run.wait_code) == ("waiting", "delay")
    assert view.run.wake_at < view.run.started_at + 3 * 3600  # two hours from now, not from then

    await desk.app.cancel_run(THE_APP, view.id)
    ahead["seconds"] = 3 * 3600
    assert await desk.parts.background.durable.wake_due() == 0
    assert (await rested(desk, view.id)).run.status == "cancelled"


async def test_a_deadline_ends_a_run_in_its_delay(desk, linked, working, ahead):
    made = await behavior_of(desk, linked, "Waits", action("Wait", delay("2 hours")))
    view = await begun(desk, made, seconds=600)
    assert view.run.wake_at == view.run.deadline
    ahead["seconds"] = 605

    view = await woken(desk, view)

    assert (view.run.status, view.run.code) == ("failed", "deadline")


async def test_where_somebody_waits_a_long_delay_is_refused_and_says_what_to_do(desk, linked):
    made = await behavior_of(desk, linked, "Waits", action("Wait", delay("2 hours")))

    view = await desk.app.run_behavior(THE_APP, made.id, {})

    assert (view.run.status, view.run.code) == ("failed", "delay-too-long")
    assert view.run.error.startswith("“Wait”: It would wait until ")
    assert "--no-wait" in view.run.error
    simulated = await desk.app.run_behavior(THE_APP, made.id, {}, simulate=True)
    assert simulated.status == "done"
    [step] = [each for each in simulated.steps if each.kind == "action"]
    assert step.data["sentence"].startswith("A real run waits here until ")
