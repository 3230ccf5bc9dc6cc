"""A run that is held goes no further until somebody resumes it; one that is cancelled does nothing."""

from __future__ import annotations

import asyncio

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.walking import ended, texts, worker

from factotum.core.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_held_run_goes_on_when_it_is_resumed(desk, linked):
    view = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "H"}, wait=False)
    held = await desk.app.hold_run(THE_APP, view.run.id)
    assert (held.status, held.wait_code) == ("waiting", "held")

    async with worker(desk):
        await asyncio.sleep(0.5)
        assert texts(desk) == []
        await desk.app.resume_run(THE_APP, view.run.id)
        assert (await ended(desk, view.run.id)).run.status == "done"
    assert texts(desk) == ["H"]


async def test_a_run_held_while_it_is_tried_again_stays_held(desk, linked, working):
    desk.fail("503", path="/1.1/users/show.json")
    view = await desk.app.run_behavior(THE_APP, linked["b_user"], {"var_name": "alice"}, wait=False)
    view = await ended(desk, view.run.id)
    durable = desk.parts.background.durable

    await desk.app.hold_run(THE_APP, view.run.id)
    await durable.go_on(view.run)  # by who saw that it was due before it was held
    await asyncio.sleep(0.5)
    assert (await ended(desk, view.run.id)).run.wait_code == "held"

    desk.sandbox.state.switches.clear()
    await desk.app.resume_run(THE_APP, view.run.id)
    assert (await ended(desk, view.run.id)).run.status == "done"


async def test_a_run_held_while_a_request_is_under_way_waits_after_it(desk, linked, working):
    desk.fail("slow", path="/1.1/users/show.json", seconds=1)
    desk.fail("503", path="/1.1/users/show.json")
    view = await desk.app.run_behavior(THE_APP, linked["b_user"], {"var_name": "alice"}, wait=False)
    while (await desk.app.run_view(THE_APP, view.run.id)).run.status == "queued":  # noqa: ASYNC110
        await asyncio.sleep(0.02)

    asked = await desk.app.hold_run(THE_APP, view.run.id)

    assert asked.is_stopping
    assert (await ended(desk, view.run.id)).run.wait_code == "held"


async def test_a_cancelled_run_does_nothing(desk, linked):
    view = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "C"}, wait=False)
    cancelled = await desk.app.cancel_run(THE_APP, view.run.id)
    assert cancelled.status == "cancelled"

    async with worker(desk):
        await asyncio.sleep(0.5)
    assert texts(desk) == []
    with pytest.raises(Refused, match="has ended"):
        await desk.app.cancel_run(THE_APP, view.run.id)
