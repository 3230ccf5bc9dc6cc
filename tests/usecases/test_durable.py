"""Durable runs: walked to their end by whichever process is there, once."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from tests.servers.desk import THE_APP

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.asynccontextmanager
async def worker(desk):
    """This process as one that takes up durable runs."""
    await desk.parts.outside.threads.run(desk.parts.engine.sealer.open)
    await desk.parts.working.begin(is_worker=True)
    try:
        yield
    finally:
        await desk.parts.working.end()


@pytest.fixture
async def working(desk):
    async with worker(desk):
        yield


async def ended(desk, run_id):
    async with asyncio.timeout(20):
        while True:
            view = await desk.app.run_view(THE_APP, run_id)
            if view.run.status not in {"queued", "running"}:
                return view
            await asyncio.sleep(0.05)


async def test_a_run_nobody_waits_for_is_walked_by_the_engine(desk, linked, working):
    view = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "Later"}, wait=False)

    assert (view.run.driver, view.run.status) == ("durable", "queued")
    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.error) == ("done", "")
    assert [each.state for each in view.effects] == ["answered"]
    [post] = desk.sandbox.state.tweets.values()
    assert post.text == "Later"
    numbers = [step.number for step in view.steps]
    assert numbers == sorted(set(numbers))
    assert any(step.kind == "http" for step in view.steps)
