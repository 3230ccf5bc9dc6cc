"""Alice and Bob are workers, Carol is an admin; the app owns what is everyone's."""

import pytest

from factotum.core.values import Actor, Owner, Record
from factotum.records.ownership import (
    acting_for,
    may_edit,
    may_own,
    may_see,
    may_use,
    owner_of,
    visible_owners,
)
from factotum.records.record_type import load_record_types

load_record_types()

ALICE = Actor(1, "alice")
CAROL = Actor(3, "carol", is_admin=True)
APP = Actor.app()

ASKING = {"alice": ALICE, "carol": CAROL, "app": APP}


def owned_by(context, id):
    return Record("connected_account", 9, {"owner__context": context, "owner_id": id})


RECORDS = {
    "app": owned_by("app", 0),
    "alice": owned_by("worker", 1),
    "bob": owned_by("worker", 2),
    "carol": owned_by("worker", 3),
    "group": owned_by("group", 1),
}


@pytest.mark.parametrize(
    ("rule", "who", "whose"),
    [
        (may_see, "alice", {"app", "alice"}),
        (may_use, "alice", {"app", "alice"}),
        (may_edit, "alice", {"alice"}),
        (may_see, "carol", {"app", "alice", "bob", "carol", "group"}),
        (may_use, "carol", {"app", "carol"}),
        (may_edit, "carol", {"app", "alice", "bob", "carol", "group"}),
        (may_see, "app", {"app", "alice", "bob", "carol", "group"}),
        (may_use, "app", {"app", "alice", "bob", "carol", "group"}),
        (may_edit, "app", {"app", "alice", "bob", "carol", "group"}),
    ],
)
def test_each_may_do_what_the_table_says_and_no_more(rule, who, whose):
    assert {name for name, record in RECORDS.items() if rule(ASKING[who], record)} == whose


def test_a_bot_acts_as_its_owner():
    assert may_use(acting_for(Owner("app")), RECORDS["bob"])

    bobs = acting_for(Owner("worker", 2))
    assert may_use(bobs, RECORDS["bob"])
    assert may_use(bobs, RECORDS["app"])
    assert not may_use(bobs, RECORDS["alice"])


def test_an_admins_bot_has_no_more_than_the_admin_as_a_worker():
    assert not may_use(acting_for(Owner("worker", 3)), RECORDS["bob"])


def test_a_bot_of_a_group_acts_as_nobody():
    assert acting_for(Owner("group", 1)) is None


def test_a_worker_gives_a_record_only_to_themselves():
    assert may_own(ALICE, Owner("worker", 1))
    assert not may_own(ALICE, Owner("worker", 2))
    assert not may_own(ALICE, Owner("app"))
    assert may_own(CAROL, Owner("worker", 2))


def test_lists_show_what_may_be_seen():
    assert visible_owners(CAROL) is None
    assert set(visible_owners(ALICE)) == {Owner("app"), Owner("worker", 1)}


def test_an_owner_is_known_by_each_name_of_its_type():
    assert owner_of(owned_by("cerberusweb.contexts.worker", "2")) == Owner("worker", 2)


def test_what_has_no_owner_is_the_apps():
    assert owner_of(Record("connected_service", 1, {"name": "X"})) == Owner("app")
