"""Forms drawn from declarations, and read back."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.fields import (
    Choice,
    Fields,
    Flag,
    Json,
    Lines,
    Link,
    LongSecret,
    LongText,
    Moment,
    Number,
    Secret,
    Text,
)
from factotum.web.forms import as_text, as_value, draw, read

FIELDS = Fields(
    Text(key="name", label="Name", required=True),
    Secret(key="client_secret", label="Client Secret"),
    Number(key="count", label="Count"),
    Lines(key="hosts", label="Hosts"),
    Json(key="config", label="Configuration"),
    Flag(key="is_disabled", label="Disabled"),
)


def posted(**values):
    form = QueryDict(mutable=True)
    form.update(values)
    return form


def test_a_secret_is_never_drawn_back():
    values = {"client_secret": "s3cret"}
    drawn = draw(FIELDS["client_secret"], values, set_at={"client_secret": 1_700_000_000})
    assert drawn.value == ""
    assert drawn.set_at == 1_700_000_000
    assert drawn.is_secret


def test_an_empty_secret_is_left_out_so_that_it_keeps_what_is_sealed():
    values, secrets, faults = read(FIELDS, posted(name="X", client_secret="  "))
    assert secrets == {}
    assert "client_secret" not in values
    assert faults == {}


def test_what_is_typed_becomes_what_is_stored():
    values, secrets, faults = read(
        FIELDS,
        posted(
            name=" X ",
            client_secret="k",
            count="3",
            hosts="api.x.com\n\n x.com ",
            config='{"a": 1}',
            is_disabled="1",
        ),
    )
    assert values == {
        "name": "X",
        "count": 3,
        "hosts": ["api.x.com", "x.com"],
        "config": {"a": 1},
        "is_disabled": True,
    }
    assert secrets == {"client_secret": "k"}
    assert faults == {}


def test_what_cannot_be_read_is_told_beside_its_field_and_kept_as_typed():
    values, _, faults = read(FIELDS, posted(count="many", config="{nope"))
    assert faults["count"] == "Count must be a whole number."
    assert faults["config"].startswith("Configuration is not JSON: ")
    assert values["count"] == "many"


def test_a_link_offers_records_and_a_choice_its_options():
    link = draw(
        Link(key="bot_id", label="Bot", to="bot"), {"bot_id": 3}, options=[("3", "Twitter")]
    )
    assert link.options == [("3", "Twitter")]
    assert link.value == "3"
    choice = draw(Choice(key="verb", label="Verb", options={"get": "GET"}), {})
    assert choice.options == (("get", "GET"),)


@given(st.lists(st.text(alphabet="abc.:*", min_size=1), max_size=5))
def test_lines_come_back_as_they_were(lines):
    field = FIELDS["hosts"]
    assert as_value(field, as_text(field, lines)) == lines


@given(
    st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=8).map(lambda v: [v])
)
def test_structures_come_back_as_they_were(value):
    field = FIELDS["config"]
    assert as_value(field, as_text(field, value)) == value


@given(st.integers(min_value=60, max_value=4_000_000_000))
def test_moments_come_back_to_the_minute(seconds):
    field = Moment(key="at", label="At")
    assert as_value(field, as_text(field, seconds)) == seconds - seconds % 60


def test_what_is_no_json_comes_back_as_it_was_typed():
    assert as_text(FIELDS["config"], '{"half') == '{"half'


@pytest.mark.parametrize(
    ("field", "set_at", "is_optional", "must_be_typed"),
    [
        (Text(key="a", label="A", required=True), None, False, True),
        (Text(key="a", label="A"), None, True, False),
        (Secret(key="a", label="A", required=True), None, False, True),
        (Secret(key="a", label="A", required=True), 1_700_000_000, False, False),
        (Secret(key="a", label="A"), None, True, False),
        (LongSecret(key="a", label="A"), None, True, False),
        (LongSecret(key="a", label="A", required=True), None, False, True),
        (LongText(key="a", label="A", required=True), None, False, True),
        (Moment(key="a", label="A", required=True), None, False, True),
        (Link(key="a", label="A", to="bot", required=True), None, False, True),
        (Link(key="a", label="A", to="bot"), None, True, False),
        (Choice(key="a", label="A", options={"x": "X"}, default="x"), None, False, True),
    ],
)
def test_every_field_says_whether_it_may_be_left_empty(field, set_at, is_optional, must_be_typed):
    drawn = draw(field, {}, set_at={"a": set_at} if set_at else {})
    shown = render_to_string("parts/input.html", {"input": drawn})

    assert (">optional<" in shown) == is_optional
    assert ('aria-required="true"' in shown) == must_be_typed
