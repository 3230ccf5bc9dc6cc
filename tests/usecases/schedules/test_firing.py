"""Firing what is due: nothing left out, nothing twice, whatever happens to processes."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.schedules.look_out import HOUR, NOON, Dying, at

from factotum.core.errors import Refused
from factotum.runs.schedules.firing import run_id_for
from factotum.runs.schedules.ports import LEASE
from factotum.store.models import Behavior

PACKAGES = Path(__file__).parents[4] / "shared" / "packages"

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_published_package_fires_at_eight_in_los_angeles(
    desk, schedules, recorder, clock
):
    if not PACKAGES.exists():
        pytest.skip("the published packages are not there")
    package = json.loads((PACKAGES / "recurring-tasks.json").read_text())
    await desk.app.import_package(THE_APP, package)
    await schedules.once()
    clock.now = at("2026-05-04T14:59:59+00:00")
    await schedules.once()
    assert recorder.runs == {}

    clock.now = at("2026-05-04T15:00:00.2+00:00")
    await schedules.once()
    await schedules.once()

    [(behavior, trigger, by, payload, variables)] = recorder.runs.values()
    assert behavior.title == "Create daily tasks"
    assert (trigger, by) == ("event.behavior.recurrent", "schedule")
    assert (payload, variables) == ({}, {})
    assert recorder.moments == [at("2026-05-04T15:00+00:00")]


async def test_each_moment_fires_once_however_often_it_is_looked_at(
    recurrent, schedules, recorder, clock
):
    await recurrent()
    for _ in range(40):
        clock.now += 10 * 60
        await schedules.once()
        await schedules.once()

    assert recorder.moments == [NOON + n * HOUR for n in range(1, 7)]
    assert len(recorder.submitted) == 6


async def test_the_schedule_shows_its_last_firing_and_its_run(recurrent, schedules, clock, seen):
    record = await recurrent()
    clock.now = NOON + HOUR + 0.25
    await schedules.once()

    told = await seen(record)
    assert told.last_due == NOON + HOUR
    assert told.last_run_id == run_id_for(f"behavior:{record.id}", int(NOON) + HOUR)
    assert told.fired_at == NOON + HOUR + 0.25


@pytest.mark.parametrize("rule", ["once", "all"])
async def test_a_process_killed_after_the_run_was_written_fires_nothing_twice(
    recurrent, looking, schedules, recorder, clock, rule
):
    await recurrent(catch_up=rule)
    clock.now = NOON + 3 * HOUR + 5
    with pytest.raises(KeyboardInterrupt):
        await looking(Dying()).once()
    before = recorder.moments

    clock.now += 1
    await schedules.once()
    assert recorder.moments == before  # the dead one's lease
    clock.now += LEASE
    await schedules.once()

    assert recorder.moments == before
    assert len(recorder.submitted) == 2 * len(before)
    clock.now = NOON + 4 * HOUR
    await schedules.once()
    assert recorder.moments == [*before, NOON + 4 * HOUR]


async def test_many_processes_at_once_fire_each_moment_once(
    desk, bot, recurrent, looking, recorder, clock
):
    for _ in range(25):
        await recurrent()
    processes = [looking() for _ in range(4)]
    for hours in (1, 2):
        clock.now = NOON + hours * HOUR
        await asyncio.gather(*(process.once() for process in processes))

    assert len(recorder.runs) == 50
    assert len(recorder.submitted) == 50


async def test_a_run_that_is_refused_is_told_and_the_schedule_goes_on(
    recurrent, schedules, recorder, clock, seen
):
    record = await recurrent()
    recorder.refusal = Refused("Nobody can act as its owner.")
    clock.now = NOON + HOUR
    await schedules.once()

    told = await seen(record)
    assert (told.note, told.last_due) == ("Nobody can act as its owner.", None)
    assert told.next_at == NOON + 2 * HOUR


async def test_a_submit_that_breaks_is_made_again(recurrent, schedules, recorder, clock):
    await recurrent()
    recorder.refusal = OSError("the database is away")
    clock.now = NOON + HOUR
    await schedules.once()
    recorder.refusal = None
    clock.now += LEASE
    await schedules.once()

    assert recorder.moments == [NOON + HOUR]


async def test_what_is_refused_breaks_or_cannot_be_read_holds_up_none_of_the_others(
    desk, recurrent, schedules, recorder, clock, seen
):
    fine, refused, broken, unread = [await recurrent(catch_up="all") for _ in range(4)]
    recorder.refused = {
        refused.id: Refused("Nobody can act as its owner."),
        broken.id: OSError("it was never meant to be"),
    }
    nodes = [{"type": "no such node"}]
    change = Behavior.objects.filter(pk=unread.id).update
    await desk.parts.outside.threads.run(lambda: change(nodes=nodes))
    desk.parts.walking.book.forget()
    clock.now = NOON + 2 * HOUR
    await schedules.once()

    assert recorder.moments == [NOON + HOUR, NOON + 2 * HOUR]
    told = [await seen(each) for each in (fine, refused, broken, unread)]
    assert [each.last_due for each in told] == [NOON + 2 * HOUR, None, None, None]
    assert [each.next_at for each in told] == [NOON + n * HOUR for n in (3, 3, 1, 3)]
    assert [bool(each.note) for each in told] == [False, True, False, True]
    recorder.refused = {}
    clock.now += LEASE
    await schedules.once()
    assert (await seen(broken)).last_due == NOON + 2 * HOUR


async def test_its_runs_have_its_priority_and_its_deadline(recurrent, schedules, recorder, clock):
    await recurrent()
    await recurrent(priority=7, deadline="600")
    await recurrent(priority="", deadline=0)
    clock.now = NOON + HOUR + 5
    await schedules.once()

    queued = sorted(recorder.queued.values(), key=str)
    assert queued == [(100, None), (100, None), (7, clock.now + 600)]


async def test_a_deadline_counts_from_when_a_missed_firing_is_made_up_for(
    recurrent, schedules, recorder, clock
):
    await recurrent(deadline=60, catch_up="all")
    clock.now = NOON + 2 * HOUR + 300
    await schedules.once()

    assert list(recorder.queued.values()) == [(100, clock.now + 60)] * 2
