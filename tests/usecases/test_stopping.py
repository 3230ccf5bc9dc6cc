"""A durable run that somebody stops does nothing unsafe any more, and soon does not look either."""

from __future__ import annotations

import pytest
from tests.guide import packages
from tests.servers.desk import THE_APP
from tests.usecases.walking import POST, ended, texts

from factotum.runs import durable

pytestmark = pytest.mark.django_db(transaction=True)

SHOW = ("GET", "/1.1/users/show.json")


@pytest.fixture
async def looks_twice(desk, linked):
    """A behavior that looks somebody up, again, and posts."""
    made = packages.bot()
    [user] = [each for each in made["bots"][0]["behaviors"] if each["uid"] == "b_user"]
    [post] = [each for each in made["bots"][0]["behaviors"] if each["uid"] == "b_post"]
    look, send = (each["nodes"][0]["params"]["actions"][0] for each in (user, post))
    user["variables"] |= post["variables"]
    user["nodes"] = [packages.action("Look", look), packages.action("Go on", look, send)]
    found = await desk.app.import_package(THE_APP, made, {"the_account": linked["account"]})
    return found.records["behavior"]["b_user"]["id"]


async def stopped(desk, behavior_id, stop):
    """The run, stopped while it looks for the first time."""
    desk.fail("slow", path=SHOW[1], times=1, seconds=0.6)
    values = {"var_name": "alice", "var_text": "No"}
    view = await desk.app.run_behavior(THE_APP, behavior_id, values, wait=False)
    await desk.until_seen(*SHOW)
    await stop(THE_APP, view.run.id)
    return await ended(desk, view.run.id)


async def test_a_run_that_was_cancelled_while_it_looked_does_not_look_again(
    desk, looks_twice, working
):
    view = await stopped(desk, looks_twice, desk.app.cancel_run)

    assert view.run.status == "cancelled"
    assert len(desk.seen(*SHOW)) == 1
    assert desk.seen(*POST) == []


async def test_before_something_unsafe_it_is_asked_however_short_ago_that_was(
    desk, looks_twice, working, monkeypatch
):
    monkeypatch.setattr(durable, "MOMENT", 3600.0)

    view = await stopped(desk, looks_twice, desk.app.cancel_run)

    assert view.run.status == "cancelled"
    assert len(desk.seen(*SHOW)) == 2
    assert desk.seen(*POST) == []


async def test_a_run_that_was_held_goes_on_from_what_it_has_recorded(desk, looks_twice, working):
    view = await stopped(desk, looks_twice, desk.app.hold_run)
    assert (view.run.status, view.run.wait_code) == ("waiting", "held")

    await desk.app.resume_run(THE_APP, view.run.id)

    assert (await ended(desk, view.run.id)).run.status == "done"
    assert len(desk.seen(*SHOW)) == 2
    assert texts(desk) == ["No"]
