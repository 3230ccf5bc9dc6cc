"""What nobody knows of a durable run is looked up, or settled by a person; nothing is sent twice."""

from __future__ import annotations

import asyncio
from math import inf

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.walking import POST, begun, ended, texts

from factotum.core.errors import Refused
from factotum.core.values import Ref
from factotum.runs import lateness, read_back
from factotum.usecases.run_cost import cost_of_run

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_post_whose_answer_was_cut_is_found_at_the_service(desk, linked, working):
    desk.fail("cut-after", path=POST[1], times=1)

    view = await begun(desk, linked)

    [effect] = view.effects
    assert (effect.state, effect.outcome, effect.said_by) == ("settled", "happened", "read-back")
    assert (view.run.status, view.run.error) == ("done", "")
    assert texts(desk) == ["Hello"]
    assert len(desk.seen(*POST)) == 1
    assert (
        cost_of_run(view.run, view.steps).told == "$0.025"
    )  # and to ask who it is, and for the post


async def test_a_post_that_did_not_arrive_is_sent_again_once_that_is_sure(desk, linked, working):
    desk.fail("cut-before", path=POST[1], times=1)

    view = await begun(desk, linked)
    assert (view.run.status, view.run.wait_code) == ("waiting", "checking")
    assert view.run.wake_at > view.run.started_at
    [unknown] = (await desk.app.unsettled(THE_APP)).items
    assert unknown.run.id == view.run.id

    await desk.app.settle(THE_APP, unknown.effect.key, "not-done")
    view = await ended(desk, view.run.id)
    assert view.run.status == "done"
    assert [(each.state, each.outcome) for each in view.effects] == [
        ("settled", "not-done"),
        ("answered", ""),
    ]
    assert texts(desk) == ["Hello"]


async def test_while_a_service_is_not_well_no_post_counts_as_not_made(
    desk, linked, working, monkeypatch
):
    monkeypatch.setattr(read_back, "PROMPT", 0.0)
    desk.fail("cut-before", path=POST[1], times=1)
    view = await begun(desk, linked)
    [first] = view.effects

    await desk.app.resume_run(THE_APP, view.run.id)

    [again] = (await ended(desk, view.run.id)).effects
    assert (again.state, again.note) == ("unknown", first.note)
    assert again.answered_at > first.answered_at  # the seconds count from here


async def test_what_a_person_says_happened_is_not_sent_again(desk, linked, working):
    desk.fail("cut-before", path=POST[1], times=1)
    view = await begun(desk, linked)
    [unknown] = (await desk.app.unsettled(THE_APP)).items

    await desk.app.settle(THE_APP, unknown.effect.key, "happened", "12345")

    view = await ended(desk, view.run.id)
    assert view.run.status == "done"
    assert '"id_str": "12345"' in view.run.placeholders["_http_response"]["body"]
    assert len(desk.seen(*POST)) == 1


@pytest.mark.parametrize(
    "looks", [(0.0,), (inf,)], ids=["it would not count as made", "it would wait for a person"]
)
async def test_what_a_person_says_while_it_is_looked_for_counts(
    desk, linked, working, monkeypatch, looks
):
    monkeypatch.setattr(lateness, "looks_until", lambda *_: looks)
    desk.fail("cut-before", path=POST[1], times=1)
    desk.fail("slow", path="/2/users/me", times=1, seconds=0.5)
    run = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "Hi"}, wait=False)
    await desk.until_seen("GET", "/2/users/me")
    [unknown] = (await desk.app.unsettled(THE_APP)).items

    await desk.app.settle(THE_APP, unknown.effect.key, "happened", "12345")

    async with asyncio.timeout(20):
        while (view := await ended(desk, run.run.id)).run.status != "done":  # noqa: ASYNC110  another task's doing
            await asyncio.sleep(0.05)
    [effect] = view.effects
    assert (effect.outcome, effect.said_by) == ("happened", THE_APP.name)
    assert len(desk.seen(*POST)) == 1


async def test_what_happened_counts_also_where_its_account_cannot_sign_any_more(
    desk, linked, working
):
    desk.fail("cut-after", path=POST[1], times=1)
    desk.fail("503", path="/2/users/me")
    view = await begun(desk, linked)
    await desk.app.unlink(THE_APP, Ref("connected_account", linked["account"]))

    await desk.app.settle(THE_APP, view.effects[0].key, "happened", "12345")

    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.error) == ("done", "")


async def test_what_was_given_up_is_told_to_the_behavior(desk, linked, working):
    desk.fail("cut-before", path=POST[1], times=1)
    view = await begun(desk, linked)
    [unknown] = (await desk.app.unsettled(THE_APP)).items

    await desk.app.settle(THE_APP, unknown.effect.key, "given-up")

    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.code) == ("failed", "request-failed")
    assert len(desk.seen(*POST)) == 1
    with pytest.raises(Refused, match="settled already"):
        await desk.app.settle(THE_APP, unknown.effect.key, "happened", "1")


async def test_what_was_sent_before_the_deadline_is_settled_after_it(desk, linked, working):
    desk.fail("503", path="/2/users/me")
    desk.fail("cut-before", path=POST[1], times=1)
    view = await desk.app.run_behavior(
        THE_APP, linked["b_post"], {"var_text": "Sent?"}, wait=False, seconds=1.5
    )
    view = await ended(desk, view.run.id)
    await asyncio.sleep(2)
    view = await ended(desk, view.run.id)
    assert (view.run.status, view.effects[-1].state) == ("waiting", "unknown")
    assert view.run.wait_code in {"checking", "unknown"}

    await desk.app.settle(THE_APP, view.effects[-1].key, "happened", "12345")

    assert (await ended(desk, view.run.id)).effects[-1].outcome == "happened"
