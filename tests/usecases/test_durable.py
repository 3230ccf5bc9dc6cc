"""Durable runs: walked to their end by whichever process is there, once."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest
from tests.servers.desk import THE_APP, office
from tests.usecases.conftest import bot_in

from factotum.core.errors import BadInput, Refused
from factotum.runs import engine, read_back
from factotum.runs.run import Entry, Run
from factotum.store.latest_times import StoredLatestTimes
from factotum.usecases.run_cost import cost_of_run

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.asynccontextmanager
async def worker(desk):
    """This process as one that takes up durable runs."""
    await desk.parts.background.working.begin(is_worker=True)
    try:
        yield
    finally:
        await desk.parts.background.working.end()


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


async def test_without_room_a_run_waits_for_a_place(tmp_path, sandbox, transactional_db):
    async with office(tmp_path, sandbox, CONCURRENCY="1") as desk:
        bot = await bot_in(desk)
        await desk.linked(THE_APP, bot["account"])
        async with worker(desk):
            views = [await begun(desk, bot, f"Number {n}") for n in range(4)]
            ends = [(await ended(desk, view.run.id)).run.status for view in views]
    assert ends == ["done"] * 4
    assert sorted(texts(desk)) == [f"Number {n}" for n in range(4)]


POST = ("POST", "/1.1/statuses/update.json")


async def begun(desk, linked, text="Hello"):
    view = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": text}, wait=False)
    return await ended(desk, view.run.id)


def texts(desk):
    return [tweet.text for tweet in desk.sandbox.state.tweets.values()]


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


async def waiting_until(desk, wake_at):
    """A run that waits, of which only its row is there."""
    waits = {"driver": "durable", "status": "waiting", "task": 1, "wait_code": "retry"}
    run = Run(id="0" * 32, title="", trigger="", started_at=1.0, **waits, wake_at=wake_at)
    await desk.parts.outside.threads.run(desk.parts.outside.runs.write, [Entry(run)])
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


async def test_a_cancelled_run_does_nothing(desk, linked):
    view = await desk.app.run_behavior(THE_APP, linked["b_post"], {"var_text": "C"}, wait=False)
    cancelled = await desk.app.cancel_run(THE_APP, view.run.id)
    assert cancelled.status == "cancelled"

    async with worker(desk):
        await asyncio.sleep(0.5)
    assert texts(desk) == []
    with pytest.raises(Refused, match="has ended"):
        await desk.app.cancel_run(THE_APP, view.run.id)


async def test_a_failed_run_is_tried_again_from_the_request_that_failed(desk, linked, working):
    desk.fail("403", path=POST[1], times=1)
    view = await begun(desk, linked)
    assert view.run.status == "failed"

    await desk.app.retry_run(THE_APP, view.run.id)

    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.error) == ("done", "")
    assert [each.status_code for each in view.effects] == [403, 200]
    assert texts(desk) == ["Hello"]
    numbers = [step.number for step in view.steps]
    assert numbers == sorted(set(numbers))


async def test_what_is_tried_again_and_cut_is_known_as_sent(desk, linked, working):
    """The second try's row is found by the task after it: neither the first answer, nor a third post."""
    desk.fail("403", path=POST[1], times=1)
    view = await begun(desk, linked)
    desk.fail("cut-after", path=POST[1], times=1)
    await desk.app.retry_run(THE_APP, view.run.id)
    view = await ended(desk, view.run.id)
    if view.run.status == "waiting":
        await desk.app.resume_run(THE_APP, view.run.id)
        view = await ended(desk, view.run.id)

    assert (view.run.status, view.run.error) == ("done", "")
    assert [(each.state, each.status_code) for each in view.effects] == [
        ("answered", 403),
        ("settled", 200),
    ]
    assert texts(desk) == ["Hello"]
    assert len(desk.seen(*POST)) == 2


async def test_what_is_tried_again_later_is_sent_behind_what_was_sent(desk, linked, working):
    desk.fail("403", path=POST[1], times=1)
    view = await begun(desk, linked)
    desk.fail("cut-before", path=POST[1], times=1)
    await desk.app.retry_run(THE_APP, view.run.id)
    await ended(desk, view.run.id)
    [unknown] = (await desk.app.unsettled(THE_APP)).items

    await desk.app.settle(THE_APP, unknown.effect.key, "not-done")

    view = await ended(desk, view.run.id)
    assert (view.run.status, view.run.error) == ("done", "")
    assert [each.attempt for each in view.effects] == [1, 2, 3]
    assert texts(desk) == ["Hello"]
    numbers = [step.number for step in view.steps]
    assert numbers == sorted(set(numbers))


async def test_what_was_given_up_is_not_tried_again(desk, linked, working):
    desk.fail("cut-before", path=POST[1], times=1)
    view = await begun(desk, linked)
    [unknown] = (await desk.app.unsettled(THE_APP)).items
    await desk.app.settle(THE_APP, unknown.effect.key, "given-up")
    await ended(desk, view.run.id)

    with pytest.raises(Refused, match="may have happened"):
        await desk.app.retry_run(THE_APP, view.run.id)
    assert len(desk.seen(*POST)) == 1


async def test_the_same_run_submitted_twice_is_one_run(desk, linked, working):
    behavior = await desk.parts.walking.book.named(str(linked["b_post"]))
    for _ in range(2):
        await desk.parts.background.durable.submit(
            behavior, run_id="0" * 31 + "7", trigger="t", by=THE_APP, variables={"var_text": "1"}
        )

    await ended(desk, "0" * 31 + "7")
    assert texts(desk) == ["1"]
