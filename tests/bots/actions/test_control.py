import pytest
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

from factotum.bots.conversation import converse
from factotum.bots.effects import CallHttp
from factotum.bots.interpreter import walk
from factotum.core.errors import BehaviorFault


def running(name="2", **more):
    return {"action": "_run_behavior", "behavior_id": name, "on": "_trigger_va_id", **more}


def run(*nodes, others=(), simulate=False, world=None, payload=None, **more):
    found = behavior(*nodes, id=1, **more)
    world = world or World()
    world.behaviors = {str(one.id): one for one in (found, *others)}
    return world.run(walk(found, payload or {}, scripts=SCRIPTS, simulate=simulate))


ADDER = behavior(
    action(setting("sum", "{{var_a + var_b}}")),
    id=2,
    title="Adder",
    variables={"var_a": {"type": "N"}, "var_b": {"type": "N"}},
)


def test_another_behavior_runs_with_inputs_and_gives_its_placeholders_back():
    step = running(var_a="{{20 + 1}}", var_b=21, var="result", var_other="x")
    final = run(action(step, setting("out", "{{result.sum}}")), others=[ADDER])
    assert final["out"] == "42"
    assert final["result"]["behavior_title"] == "Adder"
    assert "sum" not in final


def test_its_effects_have_paths_behind_the_callers():
    world = World()
    run(action(running()), others=[ADDER], world=world)
    assert "0#0/0#0" in [note.path for note in world.notes("action")]


def test_the_result_goes_to_the_usual_placeholder_where_none_is_named():
    assert run(action(running()), others=[ADDER])["_behavior"]["sum"] == "0"


def test_its_exit_ends_only_itself():
    other = behavior(action({"action": "_exit"}), action(setting("x", "1")), id=2)
    final = run(action(running(), setting("after", "yes")), others=[other])
    assert final["after"] == "yes"
    assert "x" not in final["_behavior"]


def test_in_the_simulator_it_runs_only_where_that_is_wanted():
    world = World()
    assert "_behavior" not in run(action(running()), others=[ADDER], simulate=True, world=world)
    assert world.notes("action")[0].status == "not-sent"
    step = running(run_in_simulator="1")
    assert "_behavior" in run(action(step), others=[ADDER], simulate=True)


def test_a_behavior_on_the_stack_is_not_entered_again():
    other = behavior(action(running("1"), setting("x", "1")), id=2, title="Other")
    world = World()
    final = run(action(running("2"), setting("y", "1")), others=[other], world=world)
    assert (final["_behavior"]["x"], final["y"]) == ("1", "1")
    assert world.notes("warning")[0].title == "Test is running already; not entered again."


@pytest.mark.parametrize(
    ("step", "others", "sentence"),
    [
        (running(""), (), "No behavior is chosen"),
        (running("77"), (), "There is no behavior 77"),
        (running(), (behavior(event="event.webhook.received", id=2),), "is no custom behavior"),
        (running(), (behavior(event="event.macro.task", id=2),), "runs on a task, but _trigger_va_id is a bot"),
        (running(), (behavior(id=2, is_disabled=True),), "Test is disabled"),
        (running(var_d="c"), (behavior(id=2, variables={"var_d": {"type": "D", "params": {"options": "a"}}}),), "must be one of a"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_stops_the_run_with_a_sentence(step, others, sentence):
    with pytest.raises(BehaviorFault, match=sentence) as fault:
        run(action(step), others=others)
    assert fault.value.node == "0#0"


def test_a_fault_inside_is_told_where_it_happened():
    other = behavior(action({"action": "send_email"}, title="Mail"), id=2)
    world = World()
    with pytest.raises(BehaviorFault, match="“Mail”: The action send_email") as fault:
        run(action(running()), others=[other], world=world)
    assert fault.value.node == "0#0/0#0"
    assert len(world.notes("fault")) == 1


def test_a_macro_on_records_runs_once_for_each():
    other = behavior(
        action(setting("t", "{{task_id}}{{task_title}}")), id=2, event="event.macro.task"
    )
    records = {("task", 4): {"title": "A"}, ("task", 5): {"title": "B"}}
    variables = {"var_tasks": {"type": "ctx_cerberusweb.contexts.task"}}
    find = {
        "action": "core.bot.action.record.search",
        "context": "task",
        "query": "x",
        "object_placeholder": "var_tasks",
    }
    world = World(records=records)
    final = run(
        action(find, running(on="var_tasks")), others=[other], world=world, variables=variables
    )
    assert final["_behavior"]["t"] == "5B"
    paths = [
        note.path for note in world.notes("action") if note.data["action"] == "_set_custom_var"
    ]
    assert paths == ["0#1[0]/0#0", "0#1[1]/0#0"]


def test_a_macro_on_a_record_takes_the_placeholder_that_names_it():
    other = behavior(
        action(setting("n", "{{worker_first_name}}")), id=2, event="event.macro.worker"
    )
    world = World(records={("worker", 3): {"first_name": "Ann"}})
    step = running(on="worker_id")
    more = {"event": "event.api.custom_request", "payload": {"worker_id": 3}}
    assert run(action(step), others=[other], world=world, **more)["_behavior"]["n"] == "Ann"
    task = behavior(id=2, event="event.macro.task")
    with pytest.raises(BehaviorFault, match="runs on a task, but worker_id is a worker"):
        run(action(step), others=[task], **more)


def test_a_record_held_as_a_whole_is_a_target_too():
    other = behavior(action(setting("n", "{{task_id}}")), id=2, event="event.macro.task")
    find = {"action": "core.bot.action.record.retrieve", "context": "task", "id": "4"}
    world = World(records={("task", 4): {"_context": "cerberusweb.contexts.task", "id": 4}})
    final = run(action(find, running(on="_record")), others=[other], world=world)
    assert final["_behavior"]["n"] == "4"


def test_a_list_of_records_is_handed_over_as_a_list():
    variables = {"var_l": {"type": "ctx_task"}}
    records = {("task", 4): {"title": "A"}}
    other = behavior(action(setting("n", "{{var_l|length}}")), id=2, variables=variables)
    fill = setting("var_l", '{"4": {"id": 4}}', format="json")
    step = running(var_l="var_l")
    world = World(records=records)
    final = run(action(fill, step), others=[other], world=world, variables=variables)
    assert final["_behavior"]["n"] == "1"


def test_inputs_made_from_a_failed_answer_are_known_to_be():
    other = behavior(action(setting("x", "{{var_a}}")), id=2, variables={"var_a": {"type": "S"}})
    step = running(var_a="{{r.body}}")
    look = switch(outcome({"condition": "_custom_script", "tpl": "{{_behavior.x}}", "oper": "is"}))
    for nodes, told in (((), True), ((look,), False)):
        found = behavior(
            action(calling(response_placeholder="r"), step),
            *nodes,
            action({"action": "send_message", "message": "Done"}),
            event="event.message.chat.worker",
            id=1,
        )
        world = World(service=answering("{}", 500), behaviors={"2": other})
        world.run(converse(found, {}, scripts=SCRIPTS))
        assert bool(world.faults) is told


def test_no_person_is_asked_and_nothing_is_handed_over_outside_a_chat():
    with pytest.raises(BehaviorFault, match="only in a chat"):
        run(action({"action": "prompt_text"}))
    with pytest.raises(BehaviorFault, match="only in a chat"):
        run(action({"action": "switch_behavior", "behavior_id": "2"}))


def test_exit_in_suspend_mode_ends_a_behavior_that_is_no_chat():
    final = run(action({"action": "_exit", "mode": "suspend"}), action(setting("x", "1")))
    assert "x" not in final


def test_a_called_behaviors_failed_request_is_known_to_its_caller():
    other = behavior(action(calling(response_placeholder="r")), id=2)
    look = switch(
        outcome({"condition": "_custom_script", "tpl": "{{_behavior.r.error}}", "oper": "is"})
    )
    world = World(service=answering("{}", 500))
    run(action(running()), look, others=[other], world=world)
    assert len(world.of(CallHttp)) == 1
    assert [one.status for one in world.notes("action")] == ["failed", "ok"]
