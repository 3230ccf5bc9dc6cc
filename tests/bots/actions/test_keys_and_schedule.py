from datetime import UTC, datetime

import pytest
from tests.bots.driving import MONDAY, SCRIPTS, World, action, behavior

from factotum.bots.behavior import Bot
from factotum.bots.effects import Schedule, SetKey
from factotum.bots.interpreter import walk
from factotum.core.errors import BehaviorFault

OTHER = behavior(id=7, variables={"var_n": {"type": "N"}})


def run(*steps, world=None):
    world = world or World()
    world.behaviors = {"7": OTHER, "8": behavior(id=8, event="event.macro.task")}
    return world, world.run(walk(behavior(action(*steps)), {}, scripts=SCRIPTS))


def test_a_key_is_kept_and_read():
    world, final = run(
        {"action": "_set_key", "key": " k{{1}} ", "value": "{{2}}", "expires_at": "+1 hour"},
        {"action": "_get_key", "key": "k1", "var": "v"},
        {"action": "_get_key", "key": "other"},
    )
    assert world.of(SetKey) == [SetKey(path="0#0", key="k1", value="2", expires_at=MONDAY + 3600)]
    assert (final["v"], final["_key"]) == ("2", "")


def test_a_key_without_a_name_and_one_that_never_expires():
    world, _ = run({"action": "_set_key", "key": "k", "value": ""})
    assert world.of(SetKey)[0].expires_at == 0
    with pytest.raises(BehaviorFault, match="No key is named"):
        run({"action": "_get_key", "key": " "})


def test_a_later_run_is_asked_for_with_its_inputs():
    step = {"behavior_id": "7", "run_date": "+2 days", "on_dupe": "last", "var_n": "{{1 + 1}}"}
    world, _ = run({"action": "_schedule_behavior", **step})
    assert world.of(Schedule) == [
        Schedule(
            path="0#0",
            behavior_id="7",
            run_at=MONDAY + 2 * 86400,
            on_dupe="last",
            values={"var_n": "2", "on": 0},
        )
    ]


def later(words, now, zone, **more):
    """When a run is wanted that is asked for now, in UTC."""
    world = World(at=datetime.fromisoformat(now).timestamp())
    world.behaviors = {"7": OTHER}
    step = action({"action": "_schedule_behavior", "behavior_id": "7", "run_date": words})
    planner = behavior(step, event="event.behavior.recurrent", params={"timezone": zone}, **more)
    world.run(walk(planner, {}, scripts=SCRIPTS))
    [asked] = world.of(Schedule)
    return f"{datetime.fromtimestamp(asked.run_at, UTC):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "now", "wanted"),
    [
        ("today 08:30", "2026-07-01T05:00Z", "07-01 06:30"),
        ("today 08:30", "2026-01-15T05:00Z", "01-15 07:30"),
        ("today 08:30", "2026-06-30T23:00Z", "07-01 06:30"),  # where it is tomorrow already
        ("tomorrow 08:30", "2026-03-28T12:00Z", "03-29 06:30"),  # the clock has gone forward
        ("tomorrow 08:30", "2026-10-24T12:00Z", "10-25 07:30"),  # and back
        ("+2 days", "2026-03-28T12:00Z", "03-30 11:00"),  # the same time on the wall
        ("+48 hours", "2026-03-28T12:00Z", "03-30 12:00"),  # elapsed
        ("tomorrow 02:30", "2026-03-28T12:00Z", "03-29 01:30"),  # skipped: as long after midnight
        ("tomorrow 02:30", "2026-10-24T12:00Z", "10-25 00:30"),  # the first of the two
        ("2026-07-01 08:30 UTC", "2026-06-01T05:00Z", "07-01 08:30"),
        ("@1782894600", "2026-06-01T05:00Z", "07-01 08:30"),
    ],
)
def test_a_later_runs_words_are_read_in_the_zone_of_the_schedule(words, now, wanted):
    assert later(words, now, "Europe/Berlin") == wanted


def test_a_later_runs_words_are_read_in_the_zone_of_the_bots_owner():
    at = datetime(2026, 7, 1, 5, tzinfo=UTC).timestamp()
    step = action({"action": "_schedule_behavior", "behavior_id": "7", "run_date": "today 08:30"})
    wanted = {}
    for zone in ("America/New_York", "", "Mars/Base"):
        world = World(at=at)
        world.behaviors = {"7": OTHER}
        world.run(walk(behavior(step, bot=Bot(timezone=zone)), {}, scripts=SCRIPTS))
        [asked] = world.of(Schedule)
        wanted[zone] = f"{datetime.fromtimestamp(asked.run_at, UTC):%H:%M}"

    assert wanted == {"America/New_York": "12:30", "": "08:30", "Mars/Base": "08:30"}


@pytest.mark.parametrize("key", ["_schedule_behavior", "_unschedule_behavior"])
def test_each_record_has_a_path_of_its_own(key):
    world, _ = run(
        {"action": "_set_custom_var", "var": "task_id", "value": "4,5"},
        {"action": key, "behavior_id": "8", "on": "task_id", "run_date": "now"},
    )
    asked = world.of(Schedule)
    assert [one.values["on"] for one in asked] == [4, 5]
    assert len({one.path for one in asked}) == 2


def test_later_runs_are_taken_back():
    world, _ = run({"action": "_unschedule_behavior", "behavior_id": "7"})
    assert [(one.behavior_id, one.run_at) for one in world.of(Schedule)] == [("7", None)]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"behavior_id": "7", "run_date": "{{''}}"}, "No date is given"),
        ({"behavior_id": "7", "run_date": "gibberish"}, "“gibberish” is no date"),
        ({"behavior_id": "9", "run_date": "now"}, "There is no behavior 9"),
        ({"behavior_id": "8", "run_date": "now"}, "runs on a task"),
    ],
)
def test_a_later_run_that_cannot_be_is_told(step, sentence):
    with pytest.raises(BehaviorFault, match=sentence):
        run({"action": "_schedule_behavior", **step})
