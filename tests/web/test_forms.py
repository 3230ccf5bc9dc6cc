"""Forms drawn from declarations, and read back."""

from __future__ import annotations

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.fields import (
    Choice,
    Fields,
    Flag,
    Json,
    Lines,
    Link,
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
