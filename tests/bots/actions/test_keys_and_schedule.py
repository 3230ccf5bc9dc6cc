import pytest
from tests.bots.driving import MONDAY, SCRIPTS, World, action, behavior

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
