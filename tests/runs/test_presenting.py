import json

from hypothesis import given
from hypothesis import strategies as st

from factotum.runs.presenting import ALL, LONGEST, presentable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_json_comes_back_equal_and_as_a_value_of_its_own(values):
    kept = presentable(values)

    assert kept == values
    for name, value in kept.items():
        assert not isinstance(value, dict | list) or value is not values[name]


@given(JSON)
def test_whatever_it_gives_is_json(value):
    kept = presentable({"a": value, "b": {1: {2, 3}}, "c": 2**80, "d": object, "e": "\ud800"})

    json.dumps(kept)
    assert kept["c"] == 2**80
    assert kept["e"] == "\ud800"


def test_what_is_too_long_is_replaced_by_its_length():
    kept = presentable({"short": "a", "long": "b" * LONGEST})

    assert kept == {"short": "a", "long": f"… ({LONGEST + 2:,} characters)"}


def test_all_together_have_a_limit_too():
    kept = presentable({str(number): "x" * (LONGEST - 2) for number in range(20)})

    assert len(json.dumps(kept)) < ALL + 20 * 100
    assert kept["19"].startswith("… (")


def test_what_holds_itself_is_named_and_the_rest_kept():
    endless: list = []
    endless.append(endless)

    kept = presentable({"a": 1, "b": endless})
    assert kept["a"] == 1
    assert "not kept" in kept["b"]
