from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.values import Moment
from factotum.packages.repairs import UidRef
from factotum.packages.templates import Filling, Names, is_template, literal, uids_named

TEXT = st.text("{}%#'\"ab .\n|", max_size=30)


def filling(given=None, ids=None):
    names = Names(given or {}, {"base_url": "https://factotum.example/"})
    names.ids.update(ids or {})
    return Filling(names, Moment.of(1_500_000_000, seed=5))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{{name}}}", "Alice"),
        ("{{{name|upper}}} {{later}} {% if x %}", "ALICE {{later}} {% if x %}"),
        ("{{% if name %}}yes{{% else %}}no{{% endif %}}", "yes"),
        ("a{{# a comment #}}b", "ab"),
        ("{{{uid.service}}}", "7"),
        ("{{{default.base_url}}}hook", "https://factotum.example/hook"),
        ("{{{'now'|date('U')}}}", "1500000000"),
        ("{{{nothing_here}}}", ""),
        ("{{name}}", "{{name}}"),
    ],
)
def test_it_fills_the_packages_own_delimiters_only(text, expected):
    assert filling({"name": "Alice"}, {"service": 7}).fill(text, "a") == expected


def test_keys_are_filled_and_other_types_stay():
    value = {"{{{name}}}": [1, True, None, 1.5, "{{{name}}}"]}
    assert filling({"name": "n"}).fill(value, "") == {"n": [1, True, None, 1.5, "n"]}


@given(TEXT)
def test_a_value_is_never_filled_again(text):
    assert filling({"name": text}).fill("{{{name}}}", "a") == text


@given(TEXT)
def test_a_literal_text_fills_to_itself(text):
    one = filling()
    assert one.fill(literal(text), "a") == text
    assert one.faults == []


@given(TEXT)
def test_any_template_is_filled_or_gives_a_fault_with_its_place(text):
    one = filling()
    filled = one.fill(text, "records[0].name")
    assert isinstance(filled, str)
    assert all(fault.path == "records[0].name" for fault in one.faults)


def test_a_faulty_template_is_a_fault_with_its_place():
    one = filling()
    one.fill({"name": "{{{name|no_such_filter}}}"}, "records[0]")
    assert [(f.code, f.path) for f in one.faults] == [("template-fault", "records[0].name")]
    assert "no_such_filter" in one.faults[0].sentence


def test_an_unknown_uid_is_a_fault_that_names_the_one_meant():
    one = filling(ids={"service_x": 7})
    one.fill("{{{uid.servcie_x}}}", "records[1].service_id")
    assert one.faults[0].code == "unknown-uid"
    assert one.faults[0].hint == "Did you mean 'service_x'?"


def test_a_bare_uid_is_repaired_unless_a_prompt_has_its_name():
    one = filling({"behavior_19": "mine"}, {"behavior_19": 4, "behavior_22": 5})
    assert one.fill("{{{behavior_19}}}", "a") == "mine"
    assert one.fill("{{{behavior_22}}}", "b") == "5"
    assert [repair.path for repair in one.repairs] == ["b"]


def test_an_undefined_name_is_told_but_no_fault():
    one = filling({"prompt_name": "x"})
    assert one.fill("{{{promt_name}}}", "a") == ""
    assert one.fill("{{{promt_name|default('y')}}}", "b") == "y"
    assert one.fill("{{% set z = 1 %}}{{{z}}}", "c") == "1"
    assert one.faults == []
    assert len(one.warnings) == 1
    assert "Did you mean 'prompt_name'?" in one.warnings[0]


def test_randomness_is_the_same_when_a_place_is_filled_again_and_differs_by_place():
    one = filling()
    first = one.fill("{{{random_string(40)}}}", "a")
    assert len(first) == 40
    assert one.fill("{{{random_string(40)}}}", "a") == first
    assert one.fill("{{{random_string(40)}}}", "b") != first


def test_a_uid_that_is_meant_literally_becomes_its_id_as_a_text():
    one = filling(ids={"bot": 3})
    assert one.fill({"behavior_id": UidRef("bot")}, "") == {"behavior_id": "3"}
    assert one.mentioned == {"bot"}


def test_it_knows_a_template_and_the_uids_in_it():
    assert is_template("x {{{y}}}")
    assert not is_template("{{ y }} {% z %} {# c #}")
    assert uids_named("{{{uid.a}}}:{{{ uid['b-c'] }}}{{% if uid.d %}}x{{% endif %}} uid.e") == [
        "a", "b-c", "d",
    ]  # fmt: skip


def test_names_can_be_gone_through():
    names = filling({"a": 1}, {"u": 2}).names
    assert list(names) == ["a", "uid", "default", "u"]
    assert len(names) == 4
    assert "uid" in names
    assert "nobody" not in names
