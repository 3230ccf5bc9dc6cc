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
        ("event.macro.custom_record.3", [("event-unavailable", "b.event.key")]),
        ("wgmjira.event.issue.created", [("event-unavailable", "b.event.key")]),
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
    ("step", "variables", "sentence"),
    [
        ({"action": "set_cf_ticket_custom_5"}, {}, "“Set custom field” (set_cf_ticket_custom_…)"),
        ({"action": "prompt_rating_number"}, {}, "“Prompt with rating”"),
        (
            {"action": "core.bot.action.record.search", "context": "ticket"},
            {},
            "Records of the type ticket are not available yet.",
        ),
        ({"action": "core.bot.action.record.search", "context": "{{x}}"}, {}, ""),
        (
            {"action": "var_x", "quick_search": "a"},
            {"var_x": {"type": "ctx_cerberusweb.contexts.ticket"}},
            "var_x: Records of the type ticket",
        ),
        (
            {"action": "var_x", "search_mode": "worklist"},
            {"var_x": {"type": "contexts"}},
            "by the filters of a worklist is not",
        ),
        (
            {"action": "var_x", "mode": "seq"},
            {"var_x": {"type": "W"}},
            "var_x: Picking a worker is not available yet.",
        ),
        ({"action": "var_x", "value": "1"}, {"var_x": {"type": "W"}}, ""),
    ],
)
def test_a_way_that_is_not_there_yet_is_told(step, variables, sentence):
    found = unavailable_parts(behavior(action(step), variables=variables))
    assert [fault.code for fault in found] == (["action-unavailable"] if sentence else [])
    assert not sentence or sentence in found[0].sentence


def test_nothing_is_said_of_conditions_on_what_cannot_be_known():
    node = switch(outcome({"condition": "ticket_status", "oper": "is", "value": "open"}))
    path = "b.nodes[0].nodes[0].params.groups[0].conditions[0].condition"
    assert parts(node, event="event.macro.ticket") == [("event-unavailable", "b.event.key")]
    assert parts(node, event="event.record.changed", params={"context": "ticket"}) == []
    assert parts(node, event="event.record.changed", params={"context": "task"}) == [
        ("unknown-condition", path)
    ]
    known = [{"condition": key, "oper": "is"} for key in ("task_status", "old_task_status")]
    changed = switch(outcome(*known))
    assert parts(changed, event="event.record.changed", params={"context": "task"}) == []


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


@pytest.mark.parametrize(
    ("auth", "options", "is_told"),
    [
        ("connected_account", {"ignore_ssl_validation": "1"}, True),
        ("placeholder", {"ignore_ssl_validation": 1}, True),
        ("connected_account", {"ignore_ssl_validation": "0"}, False),
        ("", {"ignore_ssl_validation": "1"}, False),
        ("connected_account", [], False),
    ],
)
def test_signing_for_a_server_that_is_not_verified_is_told_before_it_runs(auth, options, is_told):
    found = parts(action(calling(auth=auth, options=options)))

    path = "b.nodes[0].params.actions[0].action"
    assert found == ([("action-unavailable", path)] if is_told else [])
