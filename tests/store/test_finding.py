"""Lists are searched, sorted and paged alike, in a table of their own and in the shared one."""

import base64
import json

import pytest

from factotum.core.errors import BadInput
from factotum.core.ports import Query, Term
from factotum.core.values import Owner
from factotum.records.query import parse
from factotum.records.record_type import load_record_types, record_types

load_record_types()

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(store):
    """The same four in both kinds of table: workers and contacts."""
    for name, last in (("ada", "Ng"), ("bob", "Ng"), ("Cyd", "O_1"), ("dee", "100%")):
        store.create("worker", {"name": name, "last_name": last, "is_disabled": name == "bob"})
        store.create("contact", {"first_name": name, "last_name": last})


def cursor_of(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def names(page):
    return [record.get("first_name") or record["name"] for record in page.records]


def searched(store, type, text):
    return names(store.find(type, parse(record_types[type], text)))


@pytest.mark.parametrize("type", ["worker", "contact"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["ada", "bob", "Cyd", "dee"]),
        ("name:a", ["ada"]),
        ("name:cYD", ["Cyd"]),
        ('name:"cyd"', []),
        ('name:"Cyd"', ["Cyd"]),
        ("name:d*", ["dee"]),
        ("name:*d*", ["ada", "Cyd", "dee"]),
        ("!name:d", ["bob"]),
        ("lastName:ng", ["ada", "bob"]),
        ("lastName:_", ["Cyd"]),
        ("lastName:%", ["dee"]),
        ("lastName:ng sort:-name", ["bob", "ada"]),
        ('lastName:["Ng","100%"] limit:2', ["ada", "bob"]),
        ("b", ["bob"]),
        ("'; drop", None),
    ],
)
def test_search_words_find_the_same_in_both_kinds_of_table(store, people, type, text, found):
    assert searched(store, type, text) == (found or [])


def test_a_flag_is_searched(store, people):
    assert searched(store, "worker", "isDisabled:y") == ["bob"]
    assert searched(store, "worker", "isDisabled:n") == ["ada", "Cyd", "dee"]


def test_numbers_compare_as_numbers_in_the_shared_table(store):
    for importance in (9, 10, 100):
        store.create("task", {"title": str(importance), "importance": importance})

    def found(text):
        return [
            task.label for task in store.find("task", parse(record_types["task"], text)).records
        ]

    assert found("importance:>9") == ["10", "100"]
    assert found("importance:[9,100]") == ["9", "100"]
    assert found("sort:-importance") == ["100", "10", "9"]
    assert found("importance:!10 sort:importance") == ["9", "100"]


def test_ids_and_links_are_searched(store, account, service):
    accounts = record_types["connected_account"]
    open_link = store.create("connected_account", {"name": "open"})

    def found(text):
        return [record.id for record in store.find(accounts.key, parse(accounts, text)).records]

    assert found(f"service.id:{service.id}") == [account.id]
    assert found("service.id:0") == [open_link.id]
    assert found(f"id:[{open_link.id},404]") == [open_link.id]
    assert found("id:99999999999999999999") == []


def test_only_the_owners_records_are_found(store):
    for context, number in (("app", 0), ("worker", 1), ("worker", 2)):
        values = {"name": f"{context}{number}", "owner__context": context, "owner_id": number}
        store.create("bot", values)
        store.create("attachment", values)

    mine = Query(owners=[Owner("app"), Owner("worker", 2)])
    for each in ("bot", "attachment"):
        assert names(store.find(each, mine)) == ["app0", "worker2"]
        assert store.find(each, mine).total == 2
        assert store.find(each, Query(owners=[])).total == 0
    assert store.find("task", mine).total == 0


@pytest.mark.parametrize("type", ["worker", "contact"])
@pytest.mark.parametrize(
    "sort", ["id", "-id", "last_name", "-last_name", "created_at", "-updated_at"]
)
def test_pages_show_each_record_once_though_rows_come_and_go(store, type, sort):
    name = record_types[type].label_field
    made = [
        store.create(type, {name: f"n{number}", "last_name": "same" if number % 2 else "other"})
        for number in range(7)
    ]
    whole = names(store.find(type, Query(sort=sort)))

    first = store.find(type, Query(sort=sort, limit=3))
    store.delete(first.records[0].ref)
    store.delete(first.records[-1].ref)
    second = store.find(type, Query(sort=sort, limit=3, after=first.cursor))
    third = store.find(type, Query(sort=sort, limit=3, after=second.cursor))

    assert names(first) + names(second) + names(third) == whole
    assert (first.total, second.total) == (len(made), len(made) - 2)
    assert third.cursor == ""


def test_a_page_that_ends_the_list_has_no_cursor(store, people):
    assert store.find("worker", Query(limit=4)).cursor == ""


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!",
        "é",
        cursor_of({}),
        cursor_of(None),
        cursor_of(["a"]),
        cursor_of(["id", 1, 2]),
        cursor_of(["created_at", 1, 2]),
        cursor_of(["created_at", {"at": 1}, 2]),
        cursor_of(["created_at", {}, 2]),
        cursor_of(["created_at", "x", 2]),
        cursor_of(["created_at", {"at": "2026-01-01T00:00:00+00:00"}, "x"]),
        cursor_of(["created_at", None, None]),
    ],
)
def test_a_cursor_that_was_not_made_for_this_list_is_refused(store, people, cursor):
    with pytest.raises(BadInput) as fault:
        store.find("contact", Query(sort="created_at", after=cursor))

    assert fault.value.code == "bad-cursor"


@pytest.mark.parametrize("query", [Query(sort="shoe"), Query(terms=[Term("shoe", "is", 1)])])
def test_a_field_that_is_not_there_is_told_with_those_that_are(store, query):
    with pytest.raises(BadInput, match=r"'shoe'.*title"):
        store.find("task", query)
