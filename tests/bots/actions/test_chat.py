import pytest
from tests.bots.chatting import chat, conversation
from tests.bots.driving import SCRIPTS, World, action, behavior, saying, setting

from factotum.bots.effects import CloseWindow, Offer, OpenWorklist, Say, SetBotName
from factotum.bots.interpreter import walk
from factotum.core.errors import BehaviorFault


def doing(*steps, **more):
    return chat(conversation(action(*steps)), **more)


@pytest.mark.parametrize(
    ("format", "delay", "told", "waits"),
    [("", "1000", "", 1000), ("markdown", "", "markdown", 0), ("html", "99999999", "html", 10000), ("x", "-5", "", 0)],
)  # fmt: skip
def test_a_message_is_said(format, delay, told, waits):
    step = {"action": "send_message", "message": "Hi {{1}}", "format": format, "delay_ms": delay}
    (say,) = doing(step).of(Say)
    assert (say.message, say.format, say.delay_ms, say.is_fault) == ("Hi 1", told, waits, False)


def test_a_script_never_runs_and_a_warning_says_so():
    world = doing({"action": "send_script", "script": "alert(1)"})
    assert "scripts of bots never do" in world.notes("warning")[0].title
    assert world.said == []


def test_closing_the_window_ends_the_conversation():
    world = doing({"action": "window_close"}, saying("never"))
    assert len(world.of(CloseWindow)) == 1
    assert world.said == []
    assert world.ended["behavior_title"] == "Test"


def test_a_list_of_records_is_opened():
    world = doing({"action": "worklist_open", "context": "workers", "quick_search": "a:{{1}}"})
    assert world.of(OpenWorklist) == [OpenWorklist(path="0#0", type="worker", query="a:1")]
    assert "There is no record type" in doing({"action": "worklist_open", "context": "x"}).faults[0]


def test_the_bot_can_be_named():
    world = doing(
        {"action": "set_bot_name", "name": "{{'Polly'}}"}, saying("{{interaction_bot_name}}")
    )
    assert world.of(SetBotName) == [SetBotName(path="0#0", name="Polly")]
    assert world.said == ["Polly"]
    assert doing({"action": "set_bot_name", "name": " "}).of(SetBotName) == []


def offer(**params):
    step = {"action": "return_interaction", "behavior_id": "5", "name": "N", "interaction": "i"}
    found = behavior(action(setting("x", "1"), {**step, **params}))
    world = World()
    world.run(walk(found, {}, scripts=SCRIPTS))
    return world.of(Offer)[0]


@pytest.mark.parametrize(
    ("json", "params"), [("", {}), ("{}", {}), ("[]", {}), ('{"a": {{x}}}', {"a": 1})]
)
def test_a_menu_entry_is_offered_with_its_parameters(json, params):
    found = offer(interaction_params_json=json, name="{{'Post'}}")
    assert (found.behavior_id, found.name, found.interaction) == ("5", "Post", "i")
    assert found.params == params


@pytest.mark.parametrize(
    "params",
    [{"name": ""}, {"behavior_id": ""}, {"interaction_params_json": "{"}, {"interaction_params_json": "[1]"}],
)  # fmt: skip
def test_a_menu_entry_that_cannot_work_is_a_fault(params):
    with pytest.raises(BehaviorFault):
        offer(**params)
