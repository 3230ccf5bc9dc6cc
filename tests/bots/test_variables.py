import pytest
from tests.bots.driving import SCRIPTS, World, behavior

from factotum.bots.behavior import Variable
from factotum.bots.effects import LoadRecord
from factotum.bots.interpreter import walk
from factotum.bots.variables import ids_in, is_true, options_of, whole_number
from factotum.core.errors import BadInput


def put_in(kind, value, world=None, key="var_x", **params):
    variables = {key: {"type": kind, "label": "X", "params": params}}
    found = behavior(variables=variables)
    world = world or World()
    return world.run(walk(found, {}, scripts=SCRIPTS, variables={key: value}))


@pytest.mark.parametrize(
    ("kind", "value", "result"),
    [
        ("S", "text", "text"), ("S", 5, "5"), ("S", None, ""), ("S", [1], [1]), ("S", True, "1"),
        ("N", " 12.7 apples", 12), ("N", "-3", -3), ("N", "x", 0), ("N", 4, 4),
        ("C", "0", 0), ("C", "1", 1), ("C", "", 0), ("C", " ", 0), ("C", True, 1), ("C", "no", 1),
        ("D", "a", "a"), ("D", "", ""),
        ("E", "1500000000", 1500000000), ("E", "", ""), ("E", "2026-06-02 00:00:00", 1780358400),
        ("W", "7", 7), ("L", "8", 8), ("other", {"a": 1}, {"a": 1}),
    ],
)  # fmt: skip
def test_inputs_are_converted_by_their_variables_type(kind, value, result):
    assert put_in(kind, value)["var_x"] == result


def test_a_dropdown_takes_only_its_options():
    assert put_in("D", "b", options="a\r\nb")["var_x"] == "b"
    with pytest.raises(BadInput, match="X must be one of a, b; it is “c”") as fault:
        put_in("D", "c", options="a\r\nb")
    assert set(fault.value.fields) == {"var_x"}


def test_a_date_that_is_none_is_refused():
    with pytest.raises(BadInput):
        put_in("E", "no date at all")


def test_a_worker_input_makes_the_workers_fields_readable():
    final = put_in("W", "7", key="var_owner_id")
    assert (final["var_owner_id"], final["var_owner__context"]) == (7, "worker")
    final = put_in("L", "7", key="var_task_id", context="cerberusweb.contexts.task")
    assert final["var_task__context"] == "cerberusweb.contexts.task"


def test_a_list_of_records_is_loaded_by_id():
    world = World(records={("task", 1): {"title": "A"}, ("task", 2): {"title": "B"}})
    final = put_in("ctx_cerberusweb.contexts.task", "1, 2, 9", world=world)
    assert final["var_x"] == {
        "1": {"_context": "task", "id": 1, "title": "A"},
        "2": {"_context": "task", "id": 2, "title": "B"},
    }
    assert len(world.of(LoadRecord)) == 3


def test_variables_begin_empty_by_their_type():
    kinds = {"var_s": "S", "var_n": "N", "var_c": "C", "var_e": "E", "var_l": "ctx_task"}
    found = behavior(variables={key: {"type": kind} for key, kind in kinds.items()})
    final = World().run(walk(found, {}, scripts=SCRIPTS))
    assert [final[key] for key in kinds] == ["", 0, 0, "", {}]


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("3, 5", [3, 5]), (7, [7]), ("[1,2]", [1, 2]), ('{"4": {}}', [4]), ("[x", []),
        ([{"id": 3}, 4], [3, 4]), ({"8": {"_label": "x"}}, [8]), ("", []), (None, []),
    ],
)  # fmt: skip
def test_ids_are_read_from_whatever_holds_them(value, ids):
    assert ids_in(value) == ids


def test_truth_and_numbers_are_phps():
    assert [is_true(one) for one in ("", "0", "no", [], 1)] == [False, False, True, False, True]
    assert [whole_number(one) for one in (True, "7x", None, 3)] == [1, 7, 0, 3]
    most = 2**63 - 1
    assert [whole_number(one) for one in ("9" * 5000, "-" + "9" * 19, 10**30)] == [
        most,
        -most,
        most,
    ]


def test_options_are_a_line_each_or_a_list():
    assert options_of(Variable("v", params={"options": "a\r\n\r\n b "})) == ["a", "b"]
    assert options_of(Variable("v", params={"options": ["a", 1]})) == ["a", "1"]
    assert options_of(Variable("v", params={"options": {"0": "a", "2": "c"}})) == ["a", "c"]
    assert options_of(Variable("v", params={"options": True})) == options_of(Variable("v")) == []
