"""Schedules that are edited, disabled, faulty: what counts from then on, and who looks."""

import asyncio
from contextlib import suppress

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.schedules.look_out import HOUR, NOON

pytestmark = pytest.mark.django_db(transaction=True)


async def test_an_edit_of_the_pattern_begins_anew(desk, recurrent, schedules, recorder, clock):
    record = await recurrent()
    clock.now = NOON + 3 * HOUR + 600
    params = {"repeat_patterns": "30 * * * *"}
    await desk.app.save(THE_APP, record.ref, {"event_params": params}, {})
    await schedules.once()
    assert recorder.moments == []

    clock.now = NOON + 3 * HOUR + 1800
    await schedules.once()
    assert recorder.moments == [NOON + 3 * HOUR + 1800]


async def test_another_edit_loses_no_firing_that_was_missed(
    desk, recurrent, schedules, recorder, clock
):
    record = await recurrent()
    clock.now = NOON + 3 * HOUR + 600
    await desk.app.save(THE_APP, record.ref, {"title": "Hourly", "priority": 3}, {})
    await schedules.once()

    [run] = recorder.runs.values()
    assert run[0].title == "Hourly"


async def test_what_is_disabled_does_not_fire_and_begins_anew_when_enabled(
    desk, bot, recurrent, schedules, recorder, clock
):
    record = await recurrent()
    for ref in (record.ref, bot.ref):
        await desk.app.save(THE_APP, ref, {"is_disabled": True}, {})
        await schedules.once()
        clock.now += 5 * HOUR
        await desk.app.save(THE_APP, ref, {"is_disabled": False}, {})
        await schedules.once()
    assert recorder.moments == []

    clock.now += HOUR
    await schedules.once()
    assert recorder.moments == [clock.now]


async def test_a_pattern_that_cannot_be_read_is_told_and_fires_nothing(
    recurrent, schedules, recorder, clock, seen
):
    record = await recurrent("0 25 * * *")

    told = await seen(record)
    assert told.next_at is None
    assert "25" in told.note
    assert await schedules.once() <= 1.0


async def test_it_sleeps_until_the_next_is_due_and_a_second_at_most(recurrent, schedules, clock):
    await recurrent()
    clock.now = NOON + HOUR - 0.25
    assert await schedules.once() == 0.25
    clock.now = NOON + 1
    assert await schedules.once() == 1.0


async def test_a_change_wakes_it(desk, bot, schedules, recorder, clock, recurrent):
    await recurrent()
    looking = asyncio.create_task(schedules.keep_time())
    await asyncio.sleep(0)
    clock.now = NOON + HOUR
    await desk.parts.outside.threads.run(schedules.wake)
    try:
        await asyncio.wait_for(recorder.has_run.wait(), 30)
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    assert recorder.moments == [NOON + HOUR]
    schedules.wake()  # nobody looks any more, and that is no fault
