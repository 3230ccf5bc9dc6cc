"""Clocks that are set, and downtime: what was missed is made up for by the rule."""

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.schedules.look_out import HOUR, NOON

from factotum.usecases.schedules import MISSED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_clock_set_back_fires_nothing_again(
    recurrent, looking, schedules, recorder, clock, is_restarted
):
    await recurrent()
    for hours in (1, 2):
        clock.now = NOON + hours * HOUR + 5
        await schedules.once()
    process = looking() if is_restarted else schedules
    for minutes in range(0, 130, 7):
        clock.now = NOON + minutes * 60
        await process.once()

    assert recorder.moments == [NOON + HOUR, NOON + 2 * HOUR]
    clock.now = NOON + 3 * HOUR
    await process.once()
    assert recorder.moments == [NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR]


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_clock_that_was_a_year_ahead_silences_nothing(
    recurrent, looking, schedules, recorder, clock, is_restarted
):
    await recurrent()
    clock.now = NOON + 365 * 24 * HOUR + 5
    await schedules.once()
    clock.now = NOON + 10
    process = looking() if is_restarted else schedules
    await process.once()
    for hours in (1, 2):
        clock.now = NOON + hours * HOUR
        await process.once()

    assert recorder.moments == [NOON + HOUR, NOON + 2 * HOUR, NOON + 365 * 24 * HOUR]
    assert len(recorder.submitted) == 3


async def test_what_was_planned_while_the_clock_was_ahead_does_not_wait_for_it_after_a_restart(
    recurrent, looking, recorder, clock
):
    clock.now = NOON + 5 * HOUR
    await recurrent()
    clock.now = NOON + 5
    process = looking()
    await process.once()
    clock.now = NOON + HOUR
    await process.once()

    assert recorder.moments == [NOON + HOUR]


async def test_an_edit_after_the_clock_was_set_back_fires_nothing_again(
    desk, recurrent, schedules, recorder, clock
):
    record = await recurrent()
    clock.now = NOON + HOUR + 5
    await schedules.once()
    clock.now = NOON + 5
    await desk.app.save(
        THE_APP, record.ref, {"event_params": {"repeat_patterns": "0 */1 * * *"}}, {}
    )
    await schedules.once()
    clock.now = NOON + HOUR + 5
    await schedules.once()

    assert recorder.moments == [NOON + HOUR]


@pytest.mark.parametrize(
    ("rule", "fired"),
    [("once", [5]), ("all", [1, 2, 3, 4, 5]), ("skip", [])],
)
async def test_downtime_is_made_up_for_by_the_rule(
    recurrent, schedules, recorder, clock, seen, rule, fired
):
    record = await recurrent(catch_up=rule)
    clock.now = NOON + 5 * HOUR + 600
    await schedules.once()

    assert recorder.moments == [NOON + n * HOUR for n in fired]
    told = await seen(record)
    assert told.next_at == NOON + 6 * HOUR
    assert told.note == ("" if rule == "all" else MISSED)
    clock.now = NOON + 6 * HOUR
    await schedules.once()
    assert recorder.moments == [NOON + n * HOUR for n in [*fired, 6]]
    assert (await seen(record)).note == ""
