"""Runs that behaviors wanted later."""

import pytest
from tests.servers.desk import THE_APP
from tests.usecases.schedules.look_out import NOON

from factotum.store.scheduled_runs import StoredScheduledRuns

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_wanted_run_gets_its_record_and_its_inputs(desk, bot, schedules, recorder, clock):
    values = {"bot_id": bot.id, "title": "Remind", "event_key": "event.macro.task"}
    behavior = await desk.app.create(THE_APP, "behavior", values, {})
    add = StoredScheduledRuns().add
    inputs = {"on": 7, "var_text": "Tea"}
    await desk.parts.outside.threads.run(add, behavior.id, int(NOON) + 60, "", inputs)
    await schedules.once()
    assert recorder.runs == {}

    clock.now = NOON + 60
    await schedules.once()
    await schedules.once()

    [(ran, trigger, by, payload, variables)] = recorder.runs.values()
    assert (ran.id, trigger, by) == (behavior.id, "event.macro.task", "schedule")
    assert (payload, variables) == ({"id": 7}, {"var_text": "Tea"})
    assert len(recorder.submitted) == 1


async def test_a_wanted_run_of_a_behavior_that_is_gone_is_forgotten(desk, schedules, recorder):
    await desk.parts.outside.threads.run(StoredScheduledRuns().add, 404, int(NOON), "", {})
    await schedules.once()

    assert recorder.runs == {}
    assert await desk.parts.outside.threads.run(StoredScheduledRuns().earliest) is None
