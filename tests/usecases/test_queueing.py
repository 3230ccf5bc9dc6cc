"""Which durable run goes first, and until when it may do something."""

from __future__ import annotations

import asyncio

import pytest
from tests.servers.desk import THE_APP, office
from tests.usecases.conftest import bot_in
from tests.usecases.walking import begun, ended, texts, worker

from factotum.core.errors import BadInput

pytestmark = pytest.mark.django_db(transaction=True)


async def test_without_room_a_run_waits_for_a_place(tmp_path, sandbox, transactional_db):
    async with office(tmp_path, sandbox, CONCURRENCY="1") as desk:
        bot = await bot_in(desk)
        await desk.linked(THE_APP, bot["account"])
        async with worker(desk):
            views = [await begun(desk, bot, f"Number {n}") for n in range(4)]
            ends = [(await ended(desk, view.run.id)).run.status for view in views]
    assert ends == ["done"] * 4
    assert sorted(texts(desk)) == [f"Number {n}" for n in range(4)]


async def test_what_has_the_lowest_number_goes_first(tmp_path, sandbox, transactional_db):
    async with office(tmp_path, sandbox, CONCURRENCY="1") as desk:
        bot = await bot_in(desk)
        await desk.linked(THE_APP, bot["account"])
        for text, priority in (("last", 900), ("usual", 100), ("first", 1)):
            await desk.app.run_behavior(
                THE_APP, bot["b_post"], {"var_text": text}, wait=False, priority=priority
            )
        async with worker(desk):
            async with asyncio.timeout(20):
                while len(texts(desk)) < 3:  # noqa: ASYNC110  the sandbox sets no event
                    await asyncio.sleep(0.05)
    assert texts(desk) == ["first", "usual", "last"]


async def test_bots_take_turns_however_much_one_of_them_has_queued(
    tmp_path, sandbox, transactional_db
):
    async with office(tmp_path, sandbox, CONCURRENCY="1") as desk:
        busy, quiet = [await bot_in(desk, name) for name in ("Busy", "Quiet")]
        await desk.linked(THE_APP, quiet["account"])
        for bot, text in [*((busy, f"Busy {n}") for n in range(9)), (quiet, "Quiet")]:
            await desk.app.run_behavior(THE_APP, bot["b_post"], {"var_text": text}, wait=False)
        async with worker(desk):
            async with asyncio.timeout(20):
                while len(texts(desk)) < 10:  # noqa: ASYNC110  the sandbox sets no event
                    await asyncio.sleep(0.05)
    done = texts(desk)
    assert done.index("Quiet") == 1, done
    assert [text for text in done if text != "Quiet"] == [f"Busy {n}" for n in range(9)]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"priority": 0, "wait": False}, "priority"),
        ({"priority": 1001, "wait": False}, "priority"),
        ({"priority": 7}, "priority"),
        ({"seconds": 0, "wait": False}, "deadline"),
        ({"seconds": float("nan"), "wait": False}, "deadline"),
        ({"seconds": 60}, "deadline"),
        ({"seconds": 60, "wait": False, "simulate": True}, "deadline"),
    ],
)
async def test_a_faulty_priority_or_deadline_begins_nothing(desk, linked, more, field):
    with pytest.raises(BadInput) as refused:
        await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "No"}, **more)
    assert list(refused.value.fields) == [field]
    assert (await desk.app.runs(THE_APP, behavior_id=linked["b_post"])).runs == []


async def test_a_run_does_nothing_after_its_deadline(desk, linked, working):
    desk.fail("503", path="/1.1/users/show.json")
    values = {"var_name": "alice"}
    view = await desk.app.run_behavior(THE_APP, linked["b_user"], values, wait=False, seconds=1.5)
    waiting = (await ended(desk, view.run.id)).run
    assert waiting.wake_at <= waiting.deadline
    assert waiting.deadline == pytest.approx(waiting.started_at + 1.5, abs=0.5)

    async with asyncio.timeout(20):
        while (run := (await ended(desk, view.run.id)).run).status == "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    assert (run.status, run.code) == ("failed", "deadline")
    assert "was to be done by" in run.error
