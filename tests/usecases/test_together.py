"""Many durable runs that are submitted, or go on, together."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.servers.desk import THE_APP, office
from tests.usecases.conftest import bot_in
from tests.usecases.walking import ended, texts, worker

from factotum.core.errors import Refused
from factotum.core.values import Owner
from factotum.usecases.submission import Submission

pytestmark = pytest.mark.django_db(transaction=True)


async def test_those_that_cannot_be_submitted_are_told_and_the_bots_take_turns(
    tmp_path, sandbox, transactional_db
):
    async with office(tmp_path, sandbox, CONCURRENCY="1") as desk:
        busy, quiet = [await bot_in(desk, name) for name in ("Busy", "Quiet")]
        await desk.linked(THE_APP, quiet["account"])
        durable, named = desk.parts.background.durable, desk.parts.walking.book.named
        busy, quiet = [await named(str(bot["b_post"])) for bot in (busy, quiet)]
        nobody = replace(busy, bot=replace(busy.bot, owner=Owner("group", 7)))
        posts = [(nobody, ""), *((busy, f"Busy {n}") for n in range(5)), (quiet, "Quiet")]
        submissions = [
            Submission(who, f"{n:032x}", "t", THE_APP, variables={"var_text": text})
            for n, (who, text) in enumerate(posts)
        ]
        for _ in range(2):  # the same again changes nothing
            refused, *others = await durable.submit_all(submissions)
            assert isinstance(refused, Refused)
            assert others == [None] * 6
        async with worker(desk):
            for each in submissions[1:]:
                assert (await ended(desk, each.run_id)).run.status == "done"
    done = texts(desk)
    assert done.index("Quiet") == 1, done
    assert [text for text in done if text != "Quiet"] == [f"Busy {n}" for n in range(5)]


async def test_runs_whose_wait_ends_at_once_go_on_together(desk, linked, working):
    desk.fail("503", path="/1.1/users/show.json", times=3)
    waiting = [await waits(desk, linked) for _ in range(3)]
    await desk.parts.outside.threads.run(desk.parts.outside.runs.wake_all, 0.0)
    await desk.parts.background.durable.wake_due()  # as the look-out does, which may come first

    async with asyncio.timeout(20):
        for run in waiting:
            while (now := (await ended(desk, run.id)).run).status != "done":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            assert now.task == 2


async def waits(desk, linked):
    values = {"var_name": "alice"}
    view = await desk.app.run_behavior(THE_APP, linked["b_user"], values, wait=False)
    run = (await ended(desk, view.run.id)).run
    assert run.status == "waiting"
    return run
