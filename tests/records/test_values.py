"""Values are kept in one form, whatever form they came in."""

import pytest

from factotum.core.errors import BadInput
from factotum.records.record_type import load_record_types, record_types
from factotum.records.values import complete, stored, unknown_keys

load_record_types()

ACCOUNT = record_types["connected_account"]
SERVICE = record_types["connected_service"]


def test_it_gives_each_kind_its_form():
    kept = stored(
        ACCOUNT,
        {
            "name": 5,
            "service_id": "7",
            "owner__context": "cerberusweb.contexts.worker",
            "owner_id": "3",
            "scopes": "read\r\n\r\n write ",
            "expires_at": None,
            "params": None,
        },
    )

    assert kept == {
        "name": "5",
        "service_id": 7,
        "owner__context": "worker",
        "owner_id": 3,
        "scopes": ["read", "write"],
        "expires_at": 0,
        "params": {},
    }


@pytest.mark.parametrize("value", [True, 1, "1"])
def test_a_flag_is_true_in_each_form_a_package_writes_it(value):
    assert stored(SERVICE, {"is_disabled": value}) == {"is_disabled": True}


@pytest.mark.parametrize("value", [False, 0, "0", "", None])
def test_a_flag_is_false_in_each_form_a_package_writes_it(value):
    assert stored(SERVICE, {"is_disabled": value}) == {"is_disabled": False}


def test_a_new_record_has_every_field():
    kept = complete(record_types["bot"], {"name": "B"})

    assert kept["owner__context"] == "app"
    assert kept["events"] == {"mode": "all", "items": []}
    assert set(kept) == {field.key for field in record_types["bot"].fields}


def test_a_default_is_never_shared():
    complete(record_types["bot"], {})["events"]["items"].append("x")

    assert complete(record_types["bot"], {})["events"]["items"] == []


def test_any_record_may_carry_links_and_custom_fields():
    values = {"links": ["task:5"], "custom_12": "x"}

    assert stored(SERVICE, values) == values
    assert unknown_keys(SERVICE, {**values, "shoe": 1}) == ["shoe"]


def test_an_unknown_key_is_refused():
    with pytest.raises(KeyError, match="shoe"):
        stored(SERVICE, {"shoe": 1})


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"name": "a\0b"}, "name"),
        ({"name": "half \ud83d"}, "name"),
        ({"hosts": ["ok", "no\0"]}, "hosts"),
    ],
)
def test_text_that_no_database_holds_is_refused_by_name(values, key):
    with pytest.raises(BadInput) as fault:
        stored(SERVICE, values)

    assert list(fault.value.fields) == [key]


def test_a_number_that_no_database_holds_is_refused_by_name():
    with pytest.raises(BadInput, match="too large"):
        stored(ACCOUNT, {"service_id": 2**63})
