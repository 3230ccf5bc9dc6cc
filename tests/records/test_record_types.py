"""Every record type is declared whole: keys, names, fields, search words."""

import pytest

from factotum.records.record_type import load_record_types, named, record_types
from factotum.records.values import complete, stored, unknown_keys

load_record_types()

ALL = sorted(record_types.items())


@pytest.mark.parametrize(("key", "record_type"), ALL)
def test_a_type_declares_what_everything_follows_from(key, record_type):
    assert record_type.key == key
    assert record_type.full_id.endswith(f".{key}")
    assert record_type.label
    assert record_type.plural
    assert record_type.__doc__
    assert record_type.label_field in record_type.fields


@pytest.mark.parametrize(("key", "record_type"), ALL)
def test_its_search_words_look_at_fields_it_has(key, record_type):
    for word, field in record_type.words.items():
        assert field == "id" or field in record_type.fields, word


@pytest.mark.parametrize(("key", "record_type"), ALL)
def test_a_type_with_an_owner_has_the_fields_for_it(key, record_type):
    for field in ("owner__context", "owner_id"):
        assert (field in record_type.fields) >= record_type.has_owner


@pytest.mark.parametrize(("key", "record_type"), ALL)
def test_a_secret_is_never_kept_among_the_values(key, record_type):
    for secret in record_type.fields.secret_keys:
        assert secret not in complete(record_type, {})
        assert unknown_keys(record_type, {secret: "s3cr3t"}) == [secret]
        with pytest.raises(KeyError):
            stored(record_type, {secret: "s3cr3t"})


def test_no_name_stands_for_two_types():
    names = [name for _, each in ALL for name in (each.key, each.full_id, *each.aliases)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("connected_account", "connected_account"),
        ("cerberusweb.contexts.connected_account", "connected_account"),
        ("cerberusweb.contexts.app", "app"),
        ("cerberusweb.contexts.worker", "worker"),
        ("cerberusweb.contexts.task", "task"),
        ("workers", "worker"),
        ("tasks", "task"),
        ("file", "attachment"),
    ],
)
def test_packages_may_use_each_name_of_a_type(name, key):
    assert named(name) is record_types[key]


def test_a_bot_tells_which_rule_has_another_shape():
    bot = record_types["bot"]
    good = {"name": "B", "events": {"mode": "allow", "items": ["event.macro.bot"]}, "actions": {}}

    assert bot.faults(good) == {}
    for rule in ({"mode": "some"}, {"mode": "all", "items": "x"}, {"items": [1]}, ["all"]):
        assert list(bot.faults({**good, "actions": rule})) == ["actions"]


def test_a_worker_is_called_by_their_name_and_else_by_what_they_sign_in_with():
    worker = record_types["worker"]

    assert worker.label_of({"name": "ada", "first_name": "Ada", "last_name": "L."}) == "Ada L."
    assert worker.label_of({"name": "ada"}) == "ada"
