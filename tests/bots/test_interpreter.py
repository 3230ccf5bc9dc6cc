import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bots.driving import (
    SCRIPTS,
    World,
    action,
    answering,
    behavior,
    calling,
    outcome,
    setting,
    switch,
)

from factotum.bots.effects import LoadRecord, ReadClock
from factotum.bots.interpreter import Limits, walk
from factotum.bots.tree import read_bot
from factotum.core.errors import BadInput, BehaviorFault, NotFound, RetryLater
from factotum.core.values import Ref


def run(*nodes, world=None, simulate=False, limits=None, payload=None, **more):
    world = world or World()
    variables = more.pop("inputs", {})
    program = walk(
        behavior(*nodes, **more),
        payload or {},
        scripts=SCRIPTS,
        simulate=simulate,
        variables=variables,
        limits=limits or Limits(),
    )
    return world.run(program)


def loop(script, *nodes, name="one", **more):
    params = {"foreach_json": script, "as_placeholder": name}
    return {"type": "loop", "title": "Each", "params": params, "nodes": list(nodes), **more}


def adding(text):
    return action(setting("out", "{{out}}" + text))


def test_children_run_in_order_and_each_node_is_noted():
    world = World()
    assert run(adding("a"), adding("b"), world=world)["out"] == "ab"
    assert [(note.path, note.kind) for note in world.of(type(world.effects[0]))] == [
        ("", "behavior"), ("0", "node"), ("0#0", "action"), ("1", "node"), ("1#0", "action"),
    ]  # fmt: skip


def test_the_journal_shows_every_action_with_its_values_filled_in():
    world = World()
    run(action(setting("x", "{{1 + 1}}")), world=world)
    assert world.notes("action")[0].data == {
        "action": "_set_custom_var",
        "value": "2",
        "var": "x",
    }


def test_disabled_subtrees_are_skipped_and_simulator_ones_run_only_there():
    nodes = [
        action(setting("a", "1"), status="disabled"),
        action(setting("b", "1"), status="simulator"),
        switch({**outcome(), "status": "disabled"}, outcome(do=[action(setting("c", "1"))])),
    ]
    real, simulated = run(*nodes), run(*nodes, simulate=True)
    assert ("a" in real, "b" in real, "c" in real) == (False, False, True)
    assert ("a" in simulated, "b" in simulated) == (False, True)


def test_a_switch_runs_the_first_outcome_that_passes():
    def when(value, text):
        asks = {"condition": "_custom_script", "tpl": "{{1}}", "oper": "is", "value": value}
        return outcome(asks, do=[adding(text)])

    assert run(switch(when("0", "a"), when("1", "b"), when("1", "c"), outcome()))["out"] == "b"


@pytest.mark.parametrize(
    ("any", "results", "passes"),
    [
        (0, "", True), (0, "1", True), (0, "10", False), (0, "0", False),
        (1, "10", True), (1, "00", False), (1, "", True),
    ],
)  # fmt: skip
def test_a_group_needs_all_of_its_conditions_or_any(any, results, passes):
    conditions = [
        {"condition": "_custom_script", "tpl": one, "oper": "is", "value": "1"} for one in results
    ]
    final = run(switch(outcome(*conditions, any=any, do=[adding("yes")])))
    assert (final.get("out") == "yes") is passes


def test_all_groups_must_pass_and_a_condition_that_decides_ends_its_group():
    world = World()
    asks = {"condition": "_custom_script", "tpl": "1", "oper": "is"}
    groups = [
        {"any": 1, "conditions": [{**asks, "value": "1"}, {**asks, "value": "1"}]},
        {"any": 0, "conditions": [{**asks, "value": "2"}, {**asks, "value": "1"}]},
    ]
    node = {"type": "outcome", "params": {"groups": groups}, "nodes": [adding("yes")]}
    assert "out" not in run(switch(node), world=world)
    assert [(note.status, note.data["expected"]) for note in world.notes("condition")] == [
        ("passed", "1"),
        ("not-passed", "2"),
    ]


def test_a_loop_sets_its_placeholders_and_takes_them_away_afterwards():
    each = adding("{{one__counter}}:{{one__key}}={{one.v}}/{{one__stack|length}} ")
    final = run(loop('{"a": {"v": 1}, "b": {"v": 2}}', each))
    assert final["out"] == "1:a=1/1 2:b=2/0 "
    assert not {"one", "one__key", "one__stack"} & set(final)
    assert final["one__counter"] == 2


def test_a_loop_over_a_list_counts_keys_from_zero_and_has_paths_of_its_own():
    world = World()
    assert run(loop("[5, 6]", adding("{{one__key}}{{one}} ")), world=world)["out"] == "05 16 "
    assert [note.path for note in world.notes("action")] == ["0[1]:0.0#0", "0[2]:0.0#0"]


def test_setting_the_stack_to_nothing_breaks_out_of_a_loop():
    out = action(setting("one__stack", "[]", format="json"))
    assert run(loop("[1,2,3]", adding("{{one}}"), out))["out"] == "1"
    assert (
        run(loop("[1,2,3]", adding("{{one}}"), action(setting("one__stack", "[]"))))["out"] == "1"
    )


def test_a_loop_goes_on_with_whatever_the_stack_is_set_to():
    change = switch(
        outcome(
            {"condition": "_custom_script", "tpl": "{{one}}", "oper": "is", "value": "1"},
            do=[action(setting("one__stack", "[7, 8]", format="json"))],
        )
    )
    assert run(loop("[1,2,3]", adding("{{one}}"), change))["out"] == "178"


@pytest.mark.parametrize(("script", "warns"), [("", 0), ("null", 0), ("5", 1), ("nonsense", 1)])
def test_a_loop_over_no_list_does_nothing_and_says_so(script, warns):
    world = World()
    assert "out" not in run(loop(script, adding("x")), world=world)
    assert len(world.notes("warning")) == warns


def test_a_subroutine_runs_only_when_called_and_the_rest_of_the_node_is_skipped():
    call = {"action": "_run_subroutine", "subroutine": "Sub"}
    world = World()
    final = run(
        {"type": "subroutine", "title": "Sub", "nodes": [adding("s")]},
        action(setting("out", "a"), call, setting("out", "never")),
        adding("b"),
        world=world,
    )
    assert final["out"] == "asb"
    assert "1#1/0.0#0" in [note.path for note in world.notes("action")]


def test_a_subroutine_that_is_not_there_stops_the_run_with_the_node():
    with pytest.raises(BehaviorFault, match=r"“Do”: There is no subroutine “Other”\.") as fault:
        run(action({"action": "_run_subroutine", "subroutine": "Other"}))
    assert (fault.value.node, fault.value.code) == ("0#0", "unknown-subroutine")


def test_a_disabled_subroutine_does_nothing():
    sub = {"type": "subroutine", "title": "S", "status": "disabled", "nodes": [adding("s")]}
    assert "out" not in run(sub, action({"action": "_run_subroutine", "subroutine": "S"}))


def test_exit_ends_the_behavior_from_anywhere():
    inner = loop("[1,2]", adding("{{one}}"), action({"action": "_exit"}))
    assert run(inner, adding("never"))["out"] == "1"


def test_children_of_an_action_run_after_its_steps():
    assert run(action(setting("out", "a"), nodes=[adding("b")]))["out"] == "ab"


def test_a_faulty_script_stops_the_run_and_tells_node_and_line():
    world = World()
    with pytest.raises(BehaviorFault) as fault:
        run(adding("a"), action(setting("x", "{{ 1|nosuch }}"), title="Bad"), world=world)
    assert fault.value.node == "1#0"
    assert fault.value.sentence.startswith("“Bad”: Line 1:")
    (note,) = world.notes("fault")
    assert (note.path, note.status, note.data["code"]) == ("1#0", "failed", "script-fault")


def test_a_faulty_condition_and_a_faulty_loop_stop_the_run_too():
    asks = {"condition": "_custom_script", "tpl": "{{ 1|nosuch }}", "oper": "is"}
    with pytest.raises(BehaviorFault) as fault:
        run(switch(outcome(asks)))
    assert fault.value.node == "0.0"
    with pytest.raises(BehaviorFault) as fault:
        run(loop("{{ 1|nosuch }}"))
    assert fault.value.node == "0"


def test_an_action_that_is_not_available_stops_the_run_at_that_step():
    with pytest.raises(BehaviorFault, match="send_email is not available yet") as fault:
        run(action({"action": "send_email"}))
    assert fault.value.code == "unknown-action"


def test_what_a_driver_refuses_is_a_fault_of_the_step():
    search = {"action": "core.bot.action.record.search", "context": "task", "query": ""}
    world = World()
    world.perform = lambda effect: NotFound("There is no such thing.")
    with pytest.raises(BehaviorFault, match=r"There is no such thing\.") as fault:
        run(action(search), world=world)
    assert (fault.value.node, fault.value.code) == ("0#0", "not-found")


def test_an_error_that_says_try_later_passes_through_unchanged():
    world = World(service=lambda call: RetryLater("No room.", after=5))
    with pytest.raises(RetryLater):
        run(action(calling()), world=world)


def test_a_records_fields_are_loaded_when_a_script_reads_them():
    world = World(records={("worker", 3): {"first_name": "Ann"}})
    final = run(
        adding("{{worker_first_name}}{{worker_missing}}"),
        event="event.api.custom_request",
        payload={"worker_id": 3},
        world=world,
    )
    assert final["out"] == "Ann"
    assert [one.ref for one in world.of(LoadRecord)] == [Ref("worker", 3)]


def test_the_clock_is_read_once_in_a_node_and_only_when_a_script_needs_it():
    world = World()
    final = run(
        action(setting("a", "{{'now'|date('U')}}"), setting("b", "{{'now'|date('U')}}")),
        action(setting("c", "plain")),
        world=world,
    )
    assert final["a"] == final["b"] == str(world.at)
    assert [one.path for one in world.of(ReadClock)] == ["0"]


def test_two_scripts_of_a_node_draw_different_random_values():
    draw = "{{random_string(20)}}"
    final = run(action(setting("a", draw), setting("b", draw)))
    assert final["a"] != final["b"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"is_disabled": True}, "Test is disabled"),
        ({"bot": read_bot({"name": "Bo", "is_disabled": 1})}, "The bot Bo is disabled"),
        (
            {"bot": read_bot({"name": "Bo", "params": {"events": {"mode": "allow"}}})},
            "The bot Bo may not react to event.macro.bot",
        ),
        ({"event": "event.nothing"}, "event.nothing, which is not available yet"),
    ],
)
def test_a_behavior_that_must_not_run_is_not_entered(more, sentence):
    with pytest.raises(BehaviorFault, match=sentence):
        run(action(setting("a", "1")), **more)


def test_an_action_that_the_bot_may_not_use_stops_the_run():
    rules = {"actions": {"mode": "allow", "items": ["core.bot.action.record.create"]}}
    bot = read_bot({"name": "Bo", "params": rules})
    world = World()
    with pytest.raises(BehaviorFault, match="Bo may not use the action") as fault:
        run(action(setting("a", "1"), calling()), bot=bot, world=world)
    assert (fault.value.code, fault.value.node) == ("action-not-allowed", "0#1")
    assert world.notes("fault")[0].path == "0#1"


def test_a_persons_inputs_are_converted_and_wrong_names_refused():
    variables = {"var_n": {"type": "N"}, "var_p": {"type": "S", "is_private": "1"}}
    assert run(adding("{{var_n + 1}}"), variables=variables, inputs={"n": "41x"})["out"] == "42"
    with pytest.raises(BadInput, match=r"Test has no input p\. Its inputs are: n\.") as fault:
        run(variables=variables, inputs={"p": "1", "var_n": 1})
    assert set(fault.value.fields) == {"p"}
    with pytest.raises(BadInput, match="It takes no inputs"):
        run(inputs={"x": 1})


def test_a_behavior_that_comes_to_no_end_is_stopped():
    forever = loop("[1]", action(setting("one__stack", "[1]", format="json")))
    with pytest.raises(BehaviorFault, match="did 50 steps and came to no end") as fault:
        run(forever, limits=Limits(steps=50))
    assert fault.value.code == "too-many-steps"


def test_a_subroutine_that_calls_itself_is_stopped():
    call = action({"action": "_run_subroutine", "subroutine": "S"})
    with pytest.raises(BehaviorFault, match="nest deeper than 80 levels") as fault:
        run({"type": "subroutine", "title": "S", "nodes": [call]}, call)
    assert fault.value.code == "too-deep"


STEPS = st.sampled_from(
    [
        setting("a", "{{a}}{{random(9)}}"),
        setting("b", "{{'now'|date('c')}}"),
        setting("a", '{"x": 1}', format="json"),
        calling(response_placeholder="r"),
        {"action": "_get_key", "key": "k", "var": "a"},
        {"action": "_set_key", "key": "k", "value": "{{a}}"},
        {"action": "_exit"},
        {"action": "_run_subroutine", "subroutine": "S"},
        {"action": "no_such_action"},
    ]
)
CONDITIONS = st.sampled_from(
    [
        {"condition": "_custom_script", "tpl": "{{a}}", "oper": "contains", "value": "1"},
        {"condition": "_day_of_week", "oper": "is", "day": ["1"]},
        {"condition": "nothing_known", "oper": "is", "value": "1"},
    ]
)
NODES = st.recursive(
    st.builds(lambda steps: action(*steps), st.lists(STEPS, max_size=3)),
    lambda inner: (
        st.builds(
            lambda asks, do: switch(outcome(*asks, do=do), outcome(do=do)),
            st.lists(CONDITIONS, max_size=2),
            st.lists(inner, max_size=2),
        )
        | st.builds(lambda do: loop("[1,2]", *do), st.lists(inner, max_size=2))
        | st.builds(
            lambda do: {"type": "subroutine", "title": "S", "nodes": do},
            st.lists(inner, max_size=2),
        )
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.lists(NODES, max_size=4), st.booleans())
def test_the_same_results_take_the_same_way(nodes, simulate):
    def effects():
        world = World(service=answering('{"ok": true}'))
        try:
            run(*nodes, world=world, simulate=simulate, limits=Limits(steps=400))
        except BehaviorFault as fault:
            return world.effects, fault.sentence, fault.node
        return world.effects

    assert repr(effects()) == repr(effects())


@settings(deadline=None)
@given(st.lists(NODES, max_size=4))
def test_unsafe_effects_have_paths_of_their_own(nodes):
    world = World(service=answering('{"ok": true}'))
    with contextlib.suppress(BehaviorFault):
        run(*nodes, world=world, limits=Limits(steps=400))
    paths = [one.path for one in world.effects if type(one).__name__ in {"CallHttp", "SetKey"}]
    assert len(paths) == len(set(paths))


def test_final_placeholders_are_json():
    final = run(action(calling(), setting("x", "[1]", format="json")))
    assert json.loads(json.dumps(final))["x"] == [1]


class Endless(dict):
    """Every task has a next one."""

    def get(self, key, default=None):
        return {"next__context": "task", "next_id": 1}


def test_a_script_that_reads_records_without_end_is_stopped():
    name = "task_" + "next_" * 120 + "title"
    found = behavior(action(setting("x", "{{" + name + "}}")), event="event.macro.task")
    with pytest.raises(BehaviorFault, match="reads more than 100 records"):
        World(records=Endless()).run(walk(found, {"id": 1}, scripts=SCRIPTS))
