import pytest
from tests.bots.chatting import MESSAGE, chat, conversation
from tests.bots.driving import (
    PENDING,
    SCRIPTS,
    World,
    action,
    answering,
    behavior,
    calling,
    in_turn,
    outcome,
    saying,
    setting,
    switch,
)

from factotum.bots.conversation import menu
from factotum.bots.effects import Ask, CallHttp, CloseWindow, HttpResult
from factotum.bots.interpreter import Limits
from factotum.core.errors import BehaviorFault, Refused

ASK = {"action": "prompt_text"}
DENIED = '{"errors":[{"code":89,"message":"Invalid or expired token."}]}'


def handler(*nodes, **more):
    return behavior(*nodes, event="event.interaction.chat.worker", id=1, **more)


def switching(name, comes_back="0", **more):
    return {"action": "switch_behavior", "behavior_id": name, "return": comes_back, **more}


def with_others(*others, **more):
    return World(behaviors={str(one.id): one for one in others}, **more)


# The way through


def test_at_the_end_of_the_tree_the_next_message_starts_it_again():
    found = conversation(action(setting("n", "{{n + 1}}"), saying("{{n}}: {{message}}")))
    world = chat(found, "a", "b")
    assert world.said == ["1: ", "2: a", "3: b"]
    assert world.ended is PENDING
    assert [one.path for one in world.of(Ask)] == ["", "@1/", "@2/"]


def test_the_handler_of_an_interaction_hands_over_to_a_conversation():
    other = conversation(
        action(saying("{{interaction}} {{interaction_params.a}} {{var_x}} {{worker_id}}")),
        id=2,
        variables={"var_x": {"type": "N"}},
    )
    found = handler(
        action(switching("2", var_x="4{{2}}"), saying("never")), action(saying("never"))
    )
    payload = {"interaction": "i", "interaction_params": {"a": "b"}}
    world = chat(found, "x", world=with_others(other), payload=payload)
    assert world.said == ["i b 42 3", "i b 42 3"]


def test_a_conversation_that_comes_back_goes_on_with_the_next_node():
    other = conversation(action(saying("Name?"), ASK), action(setting("name", "{{message}}")), id=2)
    found = conversation(
        action(switching("2", "1", var="got"), saying("never")),
        action(saying("Hi {{got.name}}")),
        id=1,
    )
    assert chat(found, "Ann", world=with_others(other)).said == ["Name?", "Hi Ann"]


def test_a_conversation_that_is_on_already_is_not_entered_again():
    found = conversation(action(switching("1", "1"), saying("after")), id=1)
    world = chat(found, world=with_others(found))
    assert world.said == ["after"]
    assert "running already" in world.notes("warning")[0].title


def test_a_handover_without_return_may_go_back_to_the_first_but_not_for_ever():
    one = conversation(action(switching("2")), id=1)
    two = conversation(action(switching("1")), id=2)
    world = chat(one, world=with_others(one, two), limits=Limits(steps=30))
    assert "came to no end" in world.faults[0]
    assert world.asked == "restart"


def test_a_conversation_can_hand_over_inside_one_that_comes_back():
    third = conversation(action(setting("done", "3")), id=3)
    second = conversation(action(switching("3")), id=2)
    found = conversation(
        action(switching("2", "1", var="got")), action(saying("{{got.done}}")), id=1
    )
    assert chat(found, world=with_others(second, third)).said == ["3"]


@pytest.mark.parametrize(
    ("target", "words"),
    [("9", "There is no behavior 9"), ("4", "cannot take a conversation over")],
)
def test_a_handover_to_nothing_is_told_and_the_window_closed(target, words):
    world = chat(handler(action(switching(target))), world=with_others(behavior(id=4)))
    assert words in world.faults[0]
    assert len(world.of(CloseWindow)) == 1


def test_a_handler_that_hands_nothing_over_says_so():
    for node in (action(), action({"action": "_exit"})):
        world = chat(handler(node))
        assert world.faults == [
            "The bot has no answer to this. Choose something else from the menu."
        ]
        assert len(world.of(CloseWindow)) == 1


def test_a_handler_may_close_the_window():
    world = chat(handler(action({"action": "window_close"})))
    assert (world.ended, world.faults) == ({}, [])


def test_a_disabled_conversation_is_told():
    world = chat(conversation(is_disabled=True))
    assert world.faults == ["Test is disabled. Enable it to run it."]


def test_exit_ends_the_tree_and_suspend_waits_for_the_next_message():
    found = conversation(
        action({"action": "_exit", "mode": "suspend"}, saying("never")),
        action(saying("[{{message}}]"), {"action": "_exit"}),
        action(saying("never")),
    )
    world = chat(found, "hi")
    assert world.said == ["[hi]"]
    assert [one.kind for one in world.of(Ask)] == ["message", "restart"]


def test_each_answer_gives_the_behavior_its_steps_anew():
    found = conversation(action(ASK), action(ASK), action(saying("x")))
    world = chat(found, *"abcdefgh", limits=Limits(steps=8))
    assert world.faults == []


# What did not work


def poster(*after, before=()):
    return conversation(
        action(*before, ASK),
        action(calling(http_verb="post", response_placeholder="r")),
        action(
            setting("j", "{{r.body|json_pretty}}", format="json"),
            saying("Posted {{j.id}}"),
            *after,
        ),
    )


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (answering(DENIED, 401), "That did not work. api.example.com answered 401 Unauthorized: “Invalid or expired token.”"),
        (answering("", 500), "answered 500"),
        (answering('{"ok":false,"error":"invalid_auth"}'), "invalid_auth"),
        (answering("<html>Hello</html>"), "It is not known whether that worked."),
        (answering("{broken"), "It is not known whether that worked."),
        (lambda call: HttpResult(error="The account is not linked."), "That did not work. The account is not linked."),
        (lambda call: HttpResult(error="No answer.", is_unknown=True), "It is not known whether that worked. No answer."),
    ],
)  # fmt: skip
def test_a_failed_request_is_told_never_reported_as_done_and_asked_again(service, words):
    world = chat(poster(), "hello", world=World(service=service))
    assert not any("Posted" in one for one in world.said)
    assert world.faults[0].startswith(words) or words in world.faults[0]
    assert [one.kind for one in world.of(Ask)] == ["text", "text"]
    assert len(world.of(CallHttp)) == 1
    assert world.notes("fault")[0].status == "failed"


def test_after_a_failure_the_next_attempt_can_succeed():
    service = in_turn(answering(DENIED, 401), answering('{"id": 7}'))
    world = chat(poster(), "one", "two", world=World(service=service))
    assert world.said[-1] == "Posted 7"
    assert world.asked == "restart"


@pytest.mark.parametrize(
    "after",
    [
        action(ASK),
        action({"action": "window_close"}),
        action({"action": "worklist_open", "context": "task"}),
        action({"action": "_exit"}),
        action({"action": "_exit", "mode": "suspend"}),
        action(setting("x", "1")),
    ],
)
def test_a_failure_is_told_whatever_the_bot_would_do_next(after):
    found = conversation(action(calling()), after)
    world = chat(found, world=World(service=answering(DENIED, 401)))
    assert "answered 401" in world.faults[0]
    assert world.of(CloseWindow) == []
    assert world.asked == "restart"


def test_a_failure_before_anything_was_asked_waits_for_a_message_instead_of_trying_for_ever():
    world = chat(conversation(action(calling())), "again", world=World(service=answering("", 500)))
    assert len(world.of(CallHttp)) == 2
    assert [one.kind for one in world.of(Ask)] == ["restart", "restart"]


LOOKS = [
    switch(
        outcome(
            {
                "condition": "_custom_script",
                "tpl": "{{r.info.http_code}}",
                "oper": "is",
                "value": "401",
            },
            do=[action(saying("Not allowed"))],
        )
    ),
    switch(
        outcome(
            {
                "condition": "_custom_script",
                "tpl": "{{j.errors|length}}",
                "oper": "gt",
                "value": "0",
            },
            {"condition": "_custom_script", "tpl": "{{j.id}}", "oper": "is", "value": ""},
            any=1,
            do=[action(saying("Not allowed"))],
        )
    ),
    action(saying("{% if j.errors %}Not allowed{% else %}Posted{% endif %}")),
    action(saying("{{ j.id ? 'Posted' : 'Not allowed' }}")),
    action(setting("why", "{{j.errors[0].message}}"), saying("Not allowed")),
]


@pytest.mark.parametrize("look", LOOKS)
def test_a_tree_that_looks_at_its_answer_speaks_for_itself(look):
    found = conversation(
        action(calling(response_placeholder="r"), setting("j", "{{r.body}}", format="json")), look
    )
    world = chat(found, world=World(service=answering(DENIED, 401)))
    assert world.said == ["Not allowed"]
    assert world.faults == []


def test_a_condition_on_something_else_is_no_look_at_the_answer():
    other = switch(outcome({"condition": "message", "oper": "is", "value": ""}))
    found = conversation(action(calling()), other, action(saying("Posted")))
    assert "answered 401" in chat(found, world=World(service=answering(DENIED, 401))).said[0]


def test_a_failure_is_remembered_through_behaviors_loops_and_placeholders():
    caller = {"action": "_run_behavior", "behavior_id": "2", "var": "got"}
    inner = behavior(action(calling(response_placeholder="r"), setting("j", "{{r.body}}")), id=2)
    loop = {
        "type": "loop",
        "params": {"foreach_json": "[{{got.j|json_encode}}]", "as_placeholder": "one"},
        "nodes": [action(setting("copy", "{{one}}"))],
    }
    look = switch(
        outcome(
            {"condition": "_custom_script", "tpl": "{{copy}}", "oper": "contains", "value": "89"}
        )
    )
    unlooked = conversation(action(caller), loop, action(saying("Posted")), id=1)
    looked = conversation(action(caller), loop, look, action(saying("Told")), id=1)
    service = answering(DENIED, 401)
    assert "answered 401" in chat(unlooked, world=with_others(inner, service=service)).said[0]
    assert chat(looked, world=with_others(inner, service=service)).said == ["Told"]


def test_one_failure_of_several_is_enough():
    service = in_turn(answering("{}"), answering(DENIED, 401), answering("{}"))
    found = conversation(action(*[calling(response_placeholder="r")] * 3, saying("All posted")))
    world = chat(found, world=World(service=service))
    assert "answered 401" in world.said[0]


def test_a_handler_whose_request_failed_tells_it_and_closes():
    for last in (action(saying("Posted")), action(setting("x", "1"))):
        failing = World(service=answering(DENIED, 401))
        world = chat(handler(action(calling()), last), world=failing)
        assert "answered 401" in world.said[0]
        assert (len(world.of(CloseWindow)), world.of(Ask)) == (1, [])


def test_a_request_that_was_only_simulated_is_no_failure():
    world = World(service=lambda call: HttpResult(is_simulated=True))
    assert chat(poster(), "x", world=world, simulate=True).said == ["Posted "]


def test_a_faulty_step_is_told_and_the_next_message_starts_again():
    found = conversation(action(saying("Hi")), action({"action": "send_email"}, title="Mail"))
    world = chat(found, "again")
    fault = "“Mail”: The action send_email is not available yet."
    assert world.said == ["Hi", fault, "Hi", fault]
    assert world.notes("fault")[-1].title == "Test"


def test_what_a_driver_refuses_is_told_in_the_chat():
    world = World(service=lambda call: Refused("That host is not the service's."))
    assert "That host is not the service's." in chat(poster(), "x", world=world).faults[0]


# The menu


def entry(name, **more):
    step = {"action": "return_interaction", "behavior_id": "5", "interaction": name, "name": name}
    params = {"listen_points": more.pop("points", "global")}
    return behavior(action(step), event="event.interactions.get.worker", params=params, **more)


def test_the_menu_offers_what_listens_at_the_point_by_priority():
    found = [
        entry("late", priority=60),
        entry("early", priority=10),
        entry("elsewhere", points="record:*"),
        entry("off", is_disabled=True),
        conversation(),
    ]
    world = World()
    offers = world.run(menu(found, "global", {"worker_id": 3}, scripts=SCRIPTS))
    assert [one.name for one in offers] == ["early", "late"]


def test_a_faulty_menu_behavior_hides_only_its_own_entries():
    bad = behavior(
        action({"action": "send_email"}),
        event="event.interactions.get.worker",
        params={"listen_points": "*"},
        title="Bad",
    )
    world = World()
    offers = world.run(menu([bad, entry("good")], "global", {}, scripts=SCRIPTS))
    assert [one.name for one in offers] == ["good"]
    assert world.notes("fault")[-1].title == "Bad"


def test_a_message_behavior_can_be_begun_at_once():
    assert chat(behavior(action(saying("Hi")), event=MESSAGE)).said == ["Hi"]


def test_limits_are_told_as_a_fault_with_its_node():
    fault = BehaviorFault("x", node="1")
    assert (fault.node, fault.code) == ("1", "behavior-fault")
