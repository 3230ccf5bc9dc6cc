"""Durable runs: walked to their end by whichever process is there, once."""

from __future__ import annotations

import asyncio
import time

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.walking import begun, ended, texts, worker

from factotum.runs.engine import engine
from factotum.runs.run import EffectRow, Entry, Run
from factotum.store import models as tables
from factotum.store.latest_times import StoredLatestTimes

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_run_nobody_waits_for_is_walked_by_the_engine(desk, linked, working):
    view = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "Later"}, wait=False)

    assert view.run.driver == "durable"
    assert view.run.status in {"queued", "running"}  # it begins at once
    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.error) == ("done", "")
    assert [each.state for each in view.effects] == ["answered"]
    [post] = desk.sandbox.state.tweets.values()
    assert post.text == "Later"
    numbers = [step.number for step in view.steps]
    assert numbers == sorted(set(numbers))
    assert any(step.kind == "http" for step in view.steps)


async def test_with_room_a_run_begins_where_it_is_submitted_and_nobody_looks_for_it(
    desk, linked, monkeypatch
):
    monkeypatch.setattr(engine, "LOOK_SECONDS", 3600.0)
    async with worker(desk):
        view = await begun(desk, linked)
        assert (await ended(desk, view.run.id)).run.status == "done"


async def test_a_service_that_is_not_well_is_asked_again_later(desk, linked, working):
    desk.fail("503", path="/1.1/users/show.json", times=1)

    view = await desk.app.run_behavior(THE_APP, linked["b_user"], {"var_name": "alice"}, wait=False)
    view = await ended(desk, view.run.id)

    assert (view.run.status, view.run.wait_code) == ("waiting", "retry")
    assert "Try 2 of 7 comes next" in view.run.wait_reason
    await desk.app.resume_run(THE_APP, view.run.id)
    assert (await ended(desk, view.run.id)).run.status == "done"


async def test_waiting_runs_go_on_by_themselves(desk, linked, working):
    desk.fail("503", path="/1.1/users/show.json", times=1)
    view = await desk.app.run_behavior(THE_APP, linked["b_user"], {"var_name": "alice"}, wait=False)
    view = await ended(desk, view.run.id)

    async with asyncio.timeout(20):
        while (await ended(desk, view.run.id)).status != "done":  # noqa: ASYNC110  another task's doing
            await asyncio.sleep(0.1)


async def test_what_a_clock_that_was_ahead_let_wait_goes_on_with_the_next_process(desk, linked):
    later = time.time() + 5 * 3600
    await waiting_until(desk, later + 2)
    await desk.parts.outside.threads.run(StoredLatestTimes().keep, "waiting runs", later)

    assert await desk.parts.background.durable.wake_due() == 1


async def test_a_run_of_which_the_engine_knows_nothing_ends_and_says_so(desk, linked, working):
    """As where its database was lost, or is not the one that belongs to this one."""
    run = await waiting_until(desk, time.time())

    await desk.parts.background.durable.wake_due()

    view = await ended(desk, run.id)
    assert (view.run.status, view.run.code) == ("failed", "order-lost")
    [unknown] = (await desk.app.unsettled(THE_APP)).items
    assert unknown.run.id == run.id


@pytest.mark.parametrize("status", ["queued", "running"])
async def test_a_run_that_nobody_would_ever_walk_ends_and_says_so(desk, linked, status):
    run = await left_as(desk, status=status)

    async with worker(desk):
        view = await ended(desk, run.id)

    assert (view.run.status, view.run.code) == ("failed", "order-lost")
    assert [each.state for each in view.effects] == ["unknown"]


@pytest.mark.parametrize("status", ["running", "waiting"])
async def test_a_run_of_an_older_copy_is_not_done_again_and_says_so(desk, linked, status):
    async with worker(desk):
        view = await begun(desk, linked)
    older = {"status": status, "ended_at": None, "task": 1 if status == "running" else 0}
    rows = tables.Run.objects.filter(pk=view.run.id)
    await desk.parts.outside.threads.run(lambda: rows.update(**older))

    async with worker(desk), asyncio.timeout(20):
        while (view := await ended(desk, view.run.id)).run.status != "failed":  # noqa: ASYNC110  another task's doing
            await asyncio.sleep(0.05)

    assert view.run.code == "order-lost"
    assert texts(desk) == ["Hello"]


async def waiting_until(desk, wake_at):
    """A run that waits for a service to be well."""
    return await left_as(desk, status="waiting", wait_code="retry", wake_at=wake_at)


async def left_as(desk, **values):
    """A run of which only its row is there, and what it was about to send."""
    stands = {"driver": "durable", "task": 1, **values}
    run = Run(id="0" * 32, title="", trigger="", started_at=1.0, **stands)
    sends = {"method": "POST", "url": "https://x.com/", "host": "x.com", "fingerprint": ""}
    row = EffectRow(f"{run.id}:0#0:1", run.id, "0#0", "intended", intended_at=1.0, **sends)
    write = desk.parts.outside.runs.write
    await desk.parts.outside.threads.run(write, [Entry(run, (), (row,))])
    return run


async def test_a_run_that_goes_on_already_is_not_walked_beside_itself(desk, linked, working):
    path = "/1.1/users/show.json"
    desk.fail("503", path=path, times=1)
    view = await desk.app.run_behavior(THE_APP, linked["b_user"], {"var_name": "alice"}, wait=False)
    waiting = await ended(desk, view.run.id)
    desk.fail("slow", path=path, seconds=1)

    await desk.app.resume_run(THE_APP, view.run.id)
    while (await desk.app.run_view(THE_APP, view.run.id)).run.status != "running":  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await desk.parts.background.durable.resume(waiting.run)  # by who saw that it waited

    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.task) == ("done", 2)
    assert len(desk.seen("GET", path)) == 2


async def test_the_same_run_submitted_twice_is_one_run(desk, linked, working):
    behavior = await desk.parts.walking.book.named(str(linked["b_post"]))
    for _ in range(2):
        await desk.parts.background.durable.submit(
            behavior, run_id="0" * 31 + "7", trigger="t", by=THE_APP, variables={"var_text": "1"}
        )

    await ended(desk, "0" * 31 + "7")
    assert texts(desk) == ["1"]
