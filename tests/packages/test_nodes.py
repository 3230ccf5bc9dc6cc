from __future__ import annotations

import pytest
from tests.packages import samples

from factotum.core.errors import BadPackage
from factotum.core.values import Ref
from factotum.packages.importer import import_package
from factotum.packages.nodes import Attachment, attached


def node(name, **values):
    return {
        "uid": name, "behavior_id": "{{{uid.behavior_43}}}", "parent_id": 0, "type": "action",
        "title": name, "params": {"actions": [{"action": "_exit"}]}, **values,
    }  # fmt: skip


def package_with(*nodes):
    return samples.webhook() | {"behavior_nodes": list(nodes)}


def test_nodes_join_a_behavior_of_their_own_package(desk, store):
    package = package_with(
        node("node_switch", type="switch", params={}),
        node("node_yes", type="outcome", parent_id="{{{uid.node_switch}}}", params={"groups": []}),
        node("node_do", parent_id="{{{uid.node_yes}}}"),
    )
    result = import_package(package, None, desk)
    nodes = store.get(Ref("behavior", result.records["behavior"]["behavior_43"]["id"]))["nodes"]
    assert [each["title"] for each in nodes] == ["Answer", "node_switch"]
    assert nodes[1]["nodes"][0]["title"] == "node_yes"
    assert nodes[1]["nodes"][0]["nodes"][0]["title"] == "node_do"
    assert "behavior_id" not in nodes[1]
    again = import_package(package, None, desk)
    assert again.records == {
        key: {uid: {**record, "verb": "update"} for uid, record in made.items()}
        for key, made in result.records.items()
    }
    assert len(store.get(Ref("behavior", 1))["nodes"]) == 2


@pytest.mark.parametrize(
    ("values", "path", "code"),
    [
        ({"behavior_id": "99"}, "behavior_nodes[0].behavior_id", "no-such-record"),
        ({"behavior_id": "{{{uid.bot_hook}}}"}, "behavior_nodes[0].behavior_id", "no-such-record"),
        ({"behavior_id": "first"}, "behavior_nodes[0].behavior_id", "no-such-record"),
        ({"parent_id": "17"}, "behavior_nodes[0].parent_id", "no-such-node"),
        ({"type": "acton"}, "behavior_nodes[0].type", "unknown-node-type"),
        ({"params": {"actions": [{"action": "no_such"}]}},
         "behavior_nodes[0].params.actions[0].action", "unknown-action"),
        ({"uid": "bot_hook"}, "behavior_nodes[0].uid", "duplicate-uid"),
    ],
)  # fmt: skip
def test_a_node_that_cannot_be_added_is_named(desk, store, values, path, code):
    before = store.rows()
    with pytest.raises(BadPackage) as caught:
        import_package(package_with(node("node_1", **values)), None, desk)
    assert (path, code) in [(fault.path, fault.code) for fault in caught.value.faults]
    assert store.rows() == before


def test_what_a_node_cannot_do_yet_is_told(desk):
    added = node("node_1", params={"actions": [{"action": "send_email", "to": "x@example.com"}]})
    result = import_package(package_with(added), None, desk)
    assert len(result.warnings) == 1
    assert "send_email" in result.warnings[0]


def test_a_node_takes_the_place_of_its_earlier_self():
    old = [{"uid": "a", "title": "old"}, {"title": "mine"}]
    new = Attachment("behavior_nodes[0]", "a", 1, {"uid": "a", "title": "new"})
    assert attached(old, [new]) == [{"uid": "a", "title": "new"}, {"title": "mine"}]
