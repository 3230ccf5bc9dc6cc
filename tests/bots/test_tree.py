import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bots.driving import action, behavior, outcome, setting, switch
from tests.bots.packages import documents

from factotum.bots import nodes as tree
from factotum.bots.behavior import Policy
from factotum.bots.tree import MAX_DEPTH, MAX_NODES, is_on, read_behavior, read_bot

DOCUMENT = {
    "uid": "b1",
    "title": "All kinds",
    "is_private": True,
    "priority": "7",
    "event": {"key": "event.macro.bot", "label": "Bot", "params": []},
    "variables": {"var_a": {"key": "var_a", "label": "A", "type": "N", "is_private": "1"}},
    "nodes": [
        action(setting("x", "1")),
        switch(outcome({"condition": "message", "oper": "is", "value": "a"}, do=[action()])),
        {
            "type": "loop",
            "status": "disabled",
            "params": {"foreach_json": "[]", "as_placeholder": "one"},
            "nodes": [action()],
        },
        {"type": "subroutine", "title": "Sub", "status": "simulator"},
    ],
}


def faults_of(document):
    return [(fault.path, fault.code) for fault in read_behavior(document, "b")[1]]


def test_it_reads_every_type_of_node():
    read, faults = read_behavior(DOCUMENT, id=4, revision=3)
    assert faults == []
    assert (read.id, read.revision, read.uid, read.title) == (4, 3, "b1", "All kinds")
    assert (read.is_private, read.is_disabled, read.priority) == (True, False, 7)
    assert [type(node) for node in read.nodes] == [
        tree.Action, tree.Switch, tree.Loop, tree.Subroutine,
    ]  # fmt: skip
    assert [node.at for node in tree.every(read.nodes)] == [
        "0", "1", "1.0", "1.0.0", "2", "2.0", "3",
    ]  # fmt: skip
    variable = read.variable("var_a")
    assert (variable.label, variable.type, variable.is_private) == ("A", "N", True)
    assert read.variable("var_b") is None
    assert read.subroutine(" Sub ").title == "Sub"
    assert read.subroutine("Other") is None


def test_a_missing_status_is_live_and_the_others_are_skipped_outside_the_simulator():
    live, disabled, simulator = (tree.Action(status=one) for one in tree.STATUSES)
    assert [one.runs(simulate=False) for one in (live, disabled, simulator)] == [True, False, False]
    assert [one.runs(simulate=True) for one in (live, disabled, simulator)] == [True, False, True]


def test_it_takes_what_php_writes_for_empty_objects_and_lists_with_gaps():
    read, faults = read_behavior(
        {
            "title": "PHP",
            "event": {"key": "event.macro.bot", "params": []},
            "variables": [],
            "nodes": {"3": {"type": "action", "params": {"actions": {"1": setting("a", "1")}}}},
        }
    )
    assert faults == []
    assert read.nodes[0].steps[0].key == "_set_custom_var"


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        ([], "b", "wrong-type"),
        (None, "b", "wrong-type"),
        ("text", "b", "wrong-type"),
        ({"event": {"key": "e"}}, "b.title", "missing-title"),
        ({"title": {}, "event": {"key": "e"}}, "b.title", "wrong-type"),
        ({"title": "T"}, "b.event", "missing-event"),
        ({"title": "T", "event": "e"}, "b.event", "wrong-type"),
        ({"title": "T", "event": {"key": "e", "params": "p"}}, "b.event.params", "wrong-type"),
    ],
)
def test_a_faulty_behavior_is_told_with_its_path(document, path, code):
    assert (path, code) in faults_of(document)


@pytest.mark.parametrize(
    ("nodes", "path", "code"),
    [
        ("x", "b.nodes", "wrong-type"),
        (["x"], "b.nodes[0]", "wrong-type"),
        ([{}], "b.nodes[0].type", "unknown-node-type"),
        ([{"type": "acton"}], "b.nodes[0].type", "unknown-node-type"),
        ([{"type": ["action"]}], "b.nodes[0].type", "unknown-node-type"),
        ([{"type": "outcome"}], "b.nodes[0].type", "misplaced-node"),
        ([switch(action())], "b.nodes[0].nodes[0].type", "misplaced-node"),
        ([action(status="on")], "b.nodes[0].status", "unknown-status"),
        ([action({})], "b.nodes[0].params.actions[0]", "missing-action"),
        ([action("x")], "b.nodes[0].params.actions[0]", "wrong-type"),
        ([{"type": "loop"}], "b.nodes[0].params", "missing-placeholder"),
        (
            [switch(outcome({"oper": "is"}))],
            "b.nodes[0].nodes[0].params.groups[0].conditions[0]",
            "missing-condition",
        ),
        (
            [switch({"type": "outcome", "params": {"groups": ["x"]}})],
            "b.nodes[0].nodes[0].params.groups[0]",
            "wrong-type",
        ),
    ],
)
def test_a_faulty_node_is_told_with_its_path(nodes, path, code):
    document = {"title": "T", "event": {"key": "event.macro.bot"}, "nodes": nodes}
    assert (path, code) in faults_of(document)


def test_a_number_will_do_for_a_text():
    read, faults = read_behavior({"title": 5, "event": {"key": "event.macro.bot"}})
    assert (read.title, faults) == ("5", [])


def test_every_fault_is_collected_not_only_the_first():
    document = {
        "title": "T",
        "event": {"key": "e"},
        "nodes": [{"type": "a"}, {"type": "b"}],
        "variables": {"x": 1},
    }
    found = faults_of(document)
    assert ("b.nodes[0].type", "unknown-node-type") in found
    assert ("b.nodes[1].type", "unknown-node-type") in found
    assert ("b.variables.x", "bad-variable") in found
    assert ("b.variables.x", "wrong-type") in found


def test_deep_and_large_trees_are_refused():
    deep = action()
    for _ in range(MAX_DEPTH + 5):
        deep = action(nodes=[deep])
    common = {"title": "T", "event": {"key": "e"}}
    assert [code for _, code in faults_of({**common, "nodes": [deep]})] == ["too-deep"]
    many = [{"type": "action"}] * (MAX_NODES + 5)
    assert [code for _, code in faults_of({**common, "nodes": many})] == ["too-many"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["action", "switch", "outcome", "loop", "subroutine", "live"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "title",
                    "event",
                    "key",
                    "params",
                    "variables",
                    "nodes",
                    "type",
                    "status",
                    "actions",
                    "action",
                    "groups",
                    "any",
                    "conditions",
                    "condition",
                    "foreach_json",
                    "as_placeholder",
                    "priority",
                    "var_x",
                ]
            )
            | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=40,
)


@settings(deadline=None)
@given(JSON)
def test_reading_never_raises_whatever_the_json(document):
    read, faults = read_behavior(document, "here")
    assert all(fault.sentence and fault.path.startswith("here") for fault in faults)
    assert read_behavior(document, "here") == (read, faults) or "nan" in repr(document)


@pytest.mark.parametrize(
    "name", ["twitter-bot", "slack-bot", "twilio-bot", "prompt-bot", "recurring-tasks"]
)
def test_the_published_packages_read_without_a_fault(name):
    for _, document in documents(name):
        read, faults = read_behavior(document)
        assert faults == []
        assert json.loads(json.dumps(read.source)) == document


def test_a_bots_rules_are_read_and_an_unknown_mode_opens_nothing():
    bot = read_bot(
        {
            "name": "B",
            "params": {
                "config": {"a": 1},
                "events": {"mode": "allow", "items": {"0": "event.macro.bot"}},
                "actions": {"mode": "some", "items": ["x"]},
            },
        },
        id=3,
    )
    assert (bot.id, bot.name, bot.config) == (3, "B", {"a": 1})
    assert bot.events == Policy("allow", frozenset({"event.macro.bot"}))
    assert bot.actions.mode == "allow"
    assert not read_bot({}).is_disabled
    assert read_bot({"params": {"config": None}}).config == {}


def test_policies_allow_deny_and_leave_the_languages_own_words_alone():
    allow = read_bot({"params": {"actions": {"mode": "allow", "items": ["a.b"]}}})
    assert [allow.may_act(key) for key in ("a.b", "c.d", "_set_custom_var", "send_message")] == [
        True, False, True, True,
    ]  # fmt: skip
    deny = read_bot({"params": {"actions": {"mode": "deny", "items": ["send_message"]}}})
    assert [deny.may_act(key) for key in ("send_message", "a.b")] == [False, True]
    assert read_bot({}).may_act("anything")


@pytest.mark.parametrize(("value", "on"), [(1, True), ("1", True), ("0", False), (None, False)])
def test_flags_are_on_only_for_one_and_true(value, on):
    assert is_on(value) is on


def test_a_behaviors_helper_for_tests_reads_without_faults():
    assert behavior(action()).nodes[0].title == "Do"
