import pytest
from tests.bots.driving import action, behavior, calling, outcome, setting, switch
from tests.bots.packages import documents

from factotum.bots.availability import unavailable_parts
from factotum.bots.tree import read_behavior


def parts(*nodes, event="event.macro.bot", **more):
    return [
        (fault.code, fault.path) for fault in unavailable_parts(behavior(*nodes, event=event, **more), "b")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ("event.macro.bot", []),
        ("event.macro.task", []),
        ("event.webhook.received", []),
        ("event.form.interaction.worker", [("event-unavailable", "b.event.key")]),
        ("event.macro.ticket", [("event-unavailable", "b.event.key")]),
        ("event.macro.nothing", [("unknown-event", "b.event.key")]),
        ("event.nothing", [("unknown-event", "b.event.key")]),
    ],
)
def test_events_are_available_not_yet_or_unknown(event, found):
    assert parts(event=event) == found


def test_actions_are_told_by_name_and_path():
    nodes = [
        action(setting("a", "1"), {"action": "send_email"}),
        switch(
            outcome(do=[action({"action": "no.such.action"}, {"action": "var_x", "value": ""})])
        ),
    ]
    found = unavailable_parts(behavior(*nodes), "b")
    assert [(fault.code, fault.path) for fault in found] == [
        ("action-unavailable", "b.nodes[0].params.actions[1].action"),
        ("unknown-action", "b.nodes[1].nodes[0].nodes[0].params.actions[0].action"),
    ]
    assert found[0].sentence == "The action “Send email” (send_email) is not available yet."
    assert unavailable_parts(behavior(*nodes))[0].path == "nodes[0].params.actions[1].action"


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("_day_of_week", ""),
        ("var_x", ""),
        ("answer", ""),
        ("worker_first_name", ""),
        ("custom_5", ""),
        ("each", ""),
        ("_calendar_availability", "condition-unavailable"),
        ("nothing", "unknown-condition"),
        ("core.no.such.condition", "unknown-condition"),
    ],
)
def test_conditions_are_known_ones_or_on_placeholders_that_the_behavior_has(condition, code):
    loop = {"type": "loop", "params": {"as_placeholder": "each", "foreach_json": "[]"}}
    found = parts(
        action(calling(response_placeholder="answer")),
        loop,
        switch(outcome({"condition": condition, "oper": "is"})),
        event="event.api.custom_request",
        variables={"var_x": {"type": "S"}},
    )
    path = "b.nodes[2].nodes[0].params.groups[0].conditions[0].condition"
    assert found == ([(code, path)] if code else [])


@pytest.mark.parametrize(
    "name", ["twitter-bot", "slack-bot", "twilio-bot", "prompt-bot", "recurring-tasks"]
)
def test_all_that_the_published_packages_use_is_available(name):
    for _, document in documents(name):
        assert unavailable_parts(read_behavior(document)[0]) == []
