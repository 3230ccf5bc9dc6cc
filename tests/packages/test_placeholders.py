from __future__ import annotations

import pytest

from factotum.packages.placeholders import make_placeholders
from factotum.packages.shape import Part


def made(*values):
    faults = []
    parts = [Part(value, f"placeholders[{i}]", faults) for i, value in enumerate(values)]
    return make_placeholders(parts), faults


@pytest.mark.parametrize(
    ("params", "length"), [({}, 8), ({"length": 40}, 40), ({"length": "16"}, 16)]
)
def test_a_random_code_has_the_length_asked_for(params, length):
    values, faults = made({"type": "random", "key": "code", "params": params})
    assert len(values["code"]) == length
    assert values["code"].isalnum()
    assert not faults


def test_two_imports_get_two_codes():
    one, _ = made({"type": "random", "key": "code", "params": {"length": 40}})
    two, _ = made({"type": "random", "key": "code", "params": {"length": 40}})
    assert one != two


def test_a_data_query_is_told_to_be_unavailable():
    _, faults = made({"type": "data_query", "key": "tab", "params": {}})
    assert faults[0].code == "not-available"
    assert "not available yet" in faults[0].sentence


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"type": "randon", "key": "a"}, "placeholders[0].type"),
        ({"key": "a"}, "placeholders[0].type"),
        ({"type": "random"}, "placeholders[0].key"),
        (
            {"type": "random", "key": "a", "params": {"length": "long"}},
            "placeholders[0].params.length",
        ),
        ({"type": "random", "key": "a", "params": {"length": 0}}, "placeholders[0].params.length"),
        (
            {"type": "random", "key": "a", "params": {"length": 10**9}},
            "placeholders[0].params.length",
        ),
    ],
)
def test_what_cannot_be_made_is_named(value, path):
    _, faults = made(value)
    assert [fault.path for fault in faults] == [path]
