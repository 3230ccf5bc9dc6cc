"""Fields are declared once; checks, schema and the split of secrets follow."""

import pytest

from factotum.core.fields import Choice, Fields, Flag, Json, Lines, Link, Number, Secret, Text, Url

FIELDS = Fields(
    Text(key="client_id", label="Client ID", required=True),
    Secret(key="client_secret", label="Client Secret", required=True),
    Url(key="base_url", label="Base URL"),
)


def test_it_names_what_is_missing():
    assert FIELDS.faults({"client_secret": "x"}) == {"client_id": "Client ID is missing."}


def test_zero_is_not_missing():
    assert FIELDS.faults({"client_id": "0", "client_secret": "x"}) == {}


@pytest.mark.parametrize("value", ["api.example.com", "ftp://a", "https://", "http://[", 7])
def test_an_address_must_be_absolute(value):
    assert "https://api.example.com/" in Url(key="u", label="URL").fault(value)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (Number(key="n", label="N"), "12", "twelve"),
        (Flag(key="f", label="F"), "1", "yes"),
        (Lines(key="l", label="L"), ["a", "b"], [1]),
        (Json(key="j", label="J"), {"a": 1}, "{}"),
        (Choice(key="c", label="C", options={"a": "A"}), "a", "b"),
        (Link(key="s", label="S", to="connected_service"), 3, "three"),
    ],
)
def test_every_kind_takes_the_good_and_refuses_the_bad(field, good, bad):
    assert field.fault(good) == ""
    assert field.label in field.fault(bad)


@pytest.mark.parametrize(
    ("least", "most", "value", "sentence"),
    [
        (1, 10, 0, "N must be from 1 to 10."),
        (1, 10, "11", "N must be from 1 to 10."),
        (1, None, 0, "N must be 1 or more."),
        (None, 10, 11, "N must be 10 or less."),
        (1, 10, 10, ""),
        (1, 10, "", ""),
    ],
)
def test_a_number_has_bounds(least, most, value, sentence):
    assert Number(key="n", label="N", least=least, most=most).fault(value) == sentence


def test_the_schema_says_the_bounds():
    schema = Number(key="n", label="N", least=1, most=10).schema()
    assert (schema["minimum"], schema["maximum"]) == (1, 10)
    assert "minimum" not in Number(key="n", label="N").schema()


def test_secrets_are_split_off_and_undeclared_values_may_be_shown():
    public, sealed = FIELDS.split({"client_id": "i", "client_secret": "s", "screen_name": "me"})

    assert public == {"client_id": "i", "screen_name": "me"}
    assert sealed == {"client_secret": "s"}


def test_the_schema_says_which_are_write_only():
    schema = FIELDS.schema()

    assert schema["required"] == ["client_id", "client_secret"]
    assert schema["properties"]["client_secret"]["writeOnly"] is True
    assert "writeOnly" not in schema["properties"]["client_id"]
