"""Durable runs in tests: a process that walks them, a post that is begun, a run at its end."""

from __future__ import annotations

import asyncio
import contextlib

from tests.servers.desk import THE_APP

POST = ("POST", "/1.1/statuses/update.json")


@contextlib.asynccontextmanager
async def worker(desk):
    """This process as one that takes up durable runs."""
    await desk.parts.background.working.begin(is_worker=True)
    try:
        yield
    finally:
        await desk.parts.background.working.end()


async def ended(desk, run_id):
    async with asyncio.timeout(20):
        while True:
            view = await desk.app.run_view(THE_APP, run_id)
            if view.run.status not in {"queued", "running"}:
                return view
            await asyncio.sleep(0.05)


async def begun(desk, linked, text="Hello"):
    view = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": text}, wait=False)
    return await ended(desk, view.run.id)


def texts(desk):
    return [tweet.text for tweet in desk.sandbox.state.tweets.values()]
