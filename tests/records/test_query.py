"""The search language: what can be written, and clear words for what cannot."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.errors import BadInput
from factotum.core.ports import Term
from factotum.core.values import Owner
from factotum.records.query import parse
from factotum.records.record_type import load_record_types, record_types

load_record_types()

WORKER = record_types["worker"]
ACCOUNT = record_types["connected_account"]
TASK = record_types["task"]


def terms(record_type, text):
    return list(parse(record_type, text).terms)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("twitter", Term("name", "has", "twitter")),
        ('"two words"', Term("name", "has", "two words")),
        ("name:twitter", Term("name", "has", "twitter")),
        ("NAME:twitter", Term("name", "has", "twitter")),
        ('name:"Twitter"', Term("name", "is", "Twitter")),
        (r'name:"a \"b\" \\ c"', Term("name", "is", r'a "b" \ c')),
        ("name:twit*", Term("name", "like", "twit*")),
        ("!name:x", Term("name", "!has", "x")),
        ("name:!x", Term("name", "!has", "x")),
        ("!name:!x", Term("name", "has", "x")),
        ("!twitter", Term("name", "!has", "twitter")),
        ("service.id:7", Term("service_id", "is", 7)),
        ("id:[5, 8]", Term("id", "in", [5, 8])),
        ("id:-1", Term("id", "is", -1)),
        ('health:["ok",relink]', Term("health", "in", ["ok", "relink"])),
        ("health:relink", Term("health", "is", "relink")),
    ],
)
def test_it_reads_each_way_to_say_a_condition(text, term):
    assert terms(ACCOUNT, text) == [term]


@pytest.mark.parametrize(("said", "meant"), [("n", False), ("y", True), ("No", False), ("1", True)])
def test_it_reads_yes_and_no(said, meant):
    assert terms(WORKER, f"isDisabled:{said}") == [Term("is_disabled", "is", meant)]


def test_it_compares_numbers():
    assert terms(TASK, "importance:>50 due:<1700000000") == [
        Term("importance", "gt", 50),
        Term("due", "lt", 1700000000),
    ]


def test_text_without_a_word_looks_at_the_label():
    assert terms(TASK, "get coffee") == [
        Term("title", "has", "get"),
        Term("title", "has", "coffee"),
    ]


def test_it_takes_order_and_number_from_the_text_before_those_given():
    query = parse(TASK, "sort:-importance limit:5 status:open", sort="id", limit=50, after="c")

    assert (query.sort, query.limit, query.after) == ("-importance", 5, "c")
    assert list(query.terms) == [Term("status", "is", "open")]


def test_it_keeps_a_page_within_bounds_and_passes_the_owners_on():
    owners = [Owner("worker", 3)]

    assert parse(ACCOUNT, "limit:1000000").limit == 1000
    assert parse(ACCOUNT, "limit:0", owners=owners).limit == 1
    assert parse(ACCOUNT, "", owners=owners).owners == owners


def test_nothing_finds_everything():
    assert terms(WORKER, "  \n ") == []


def test_an_unknown_word_is_told_with_those_there_are():
    with pytest.raises(BadInput) as fault:
        parse(WORKER, "isDisabled:n shoe:42")

    assert fault.value.code == "unknown-search-word"
    assert "'shoe'" in fault.value.sentence
    assert "isDisabled" in fault.value.sentence


@pytest.mark.parametrize(
    "text",
    [
        'name:"never ends',
        "name:(a OR b)",
        "a OR b",
        "[1,2",
        "name:",
        "isDisabled:perhaps",
        "id:many",
        "id:[1,x]",
        "limit:few",
        "sort:shoe",
        "importance:>",
    ],
)
def test_what_cannot_be_understood_has_its_own_sentence(text):
    with pytest.raises(BadInput) as fault:
        parse(TASK if "importance" in text else WORKER, text)

    assert fault.value.sentence.endswith(".")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    with contextlib.suppress(BadInput):  # and nothing else
        assert parse(ACCOUNT, text).limit >= 1


@given(st.text(max_size=40))
def test_quoted_text_is_found_as_it_is(text):
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')

    assert terms(ACCOUNT, f'name:"{quoted}"') == [Term("name", "is", text)]
