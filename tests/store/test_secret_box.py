"""Sealed values open where they belong, and nowhere else."""

import pytest

from factotum.core.values import Owner, Ref
from factotum.store.envelope import SealBroken, new_key, seal, unseal
from factotum.store.models import ConnectedAccount, DataKey, SealedValue
from factotum.store.root_key import RootKey
from factotum.store.secret_box import SealedBox

pytestmark = pytest.mark.django_db

SECRET = "hush-é-\U0001f511"


def test_it_opens_what_it_sealed(box, account):
    box.seal(account.ref, {"oauth_token": SECRET, "oauth_token_secret": "x"})

    assert box.open(account.ref) == {"oauth_token": SECRET, "oauth_token_secret": "x"}


def test_other_fields_stay_and_an_empty_one_is_removed(box, account):
    box.seal(account.ref, {"a": "1", "b": "2"})
    box.seal(account.ref, {"b": "3", "c": "4"})
    box.seal(account.ref, {"a": "", "never": ""})

    assert box.open(account.ref) == {"b": "3", "c": "4"}


def test_a_record_without_secrets_has_none(box, account):
    box.seal(account.ref, {"a": ""})

    assert box.open(account.ref) == {}
    assert box.set_at(account.ref) == {}
    assert DataKey.objects.count() == 0


def test_it_tells_when_each_was_set_and_not_what(box, account):
    box.seal(account.ref, {"a": SECRET})
    first = box.set_at(account.ref)["a"]
    box.seal(account.ref, {"b": SECRET})

    assert box.set_at(account.ref)["a"] == first
    assert box.set_at(account.ref)["b"] >= first


def test_nothing_of_a_secret_is_in_the_database(box, account):
    box.seal(account.ref, {"a": SECRET})
    row = SealedValue.objects.get()

    assert SECRET.encode() not in bytes(row.sealed) + bytes(row.key.wrapped)


def test_each_record_has_a_key_of_its_own_and_sealing_twice_looks_different(box, account, service):
    box.seal(account.ref, {"a": SECRET})
    before = bytes(SealedValue.objects.get().sealed)
    box.seal(account.ref, {"a": SECRET})
    after = bytes(SealedValue.objects.get().sealed)
    box.seal(service.ref, {"a": SECRET})

    assert before != after
    assert DataKey.objects.count() == 2


def test_a_value_copied_to_another_field_does_not_open(box, account):
    box.seal(account.ref, {"public_hint": "shown", "oauth_token": SECRET})
    stolen = SealedValue.objects.get(field="oauth_token").sealed
    SealedValue.objects.filter(field="public_hint").update(sealed=stolen)

    with pytest.raises(SealBroken) as fault:
        box.open(account.ref)

    assert SECRET not in str(fault.value)


def test_a_value_copied_to_another_record_does_not_open_even_with_its_key(box, store, account):
    mine = store.create("connected_account", {"name": "mine"})
    box.seal(account.ref, {"oauth_token": SECRET})
    key = DataKey.objects.get()
    value = SealedValue.objects.get()
    copied = DataKey.objects.create(
        type="connected_account",
        record_id=mine.id,
        wrapped=key.wrapped,
        root_key_id=key.root_key_id,
    )
    SealedValue.objects.create(key=copied, field="oauth_token", sealed=value.sealed, set_at=0)

    with pytest.raises(SealBroken):
        box.open(mine.ref)


def test_a_record_whose_owner_was_changed_behind_our_back_does_not_open(box, account):
    box.seal(account.ref, {"oauth_token": SECRET})
    ConnectedAccount.objects.update(owner_context="worker", owner_id=666)

    with pytest.raises(SealBroken):
        box.open(account.ref)


def test_a_record_that_gets_another_owner_keeps_its_secrets(box, store, account):
    box.seal(account.ref, {"oauth_token": SECRET})
    set_at = box.set_at(account.ref)

    store.update(account.ref, {"owner__context": "worker", "owner_id": 3})

    assert box.open(account.ref) == {"oauth_token": SECRET}
    assert box.set_at(account.ref) == set_at


def test_a_changed_byte_does_not_open(box, account):
    box.seal(account.ref, {"a": SECRET})
    row = SealedValue.objects.get()
    sealed = bytearray(row.sealed)
    sealed[-1] ^= 1
    SealedValue.objects.update(sealed=bytes(sealed))

    with pytest.raises(SealBroken):
        box.open(account.ref)


def test_another_root_key_is_named_and_does_not_open(box, account):
    box.seal(account.ref, {"a": SECRET})
    other = SealedBox(RootKey(b"\1" * 32))

    with pytest.raises(SealBroken, match=box.root.id):
        other.open(account.ref)


def test_records_of_the_shared_table_and_others_may_have_secrets_too(box, store):
    task = store.create("task", {"title": "T"})
    file = store.create("attachment", {"name": "F", "owner__context": "worker", "owner_id": 2})
    for ref in (task.ref, file.ref, Ref("pending", 5)):
        box.seal(ref, {"a": str(ref)})

    store.update(file.ref, {"owner_id": 4})

    for ref in (task.ref, file.ref, Ref("pending", 5)):
        assert box.open(ref) == {"a": str(ref)}


def test_resealing_what_has_no_secrets_changes_nothing(box, account):
    box.reseal(account.ref, Owner(), Owner("worker", 1))

    assert DataKey.objects.count() == 0


def test_contexts_that_read_alike_are_not_alike():
    key = new_key()
    sealed = seal(key, b"x", ("record", 1, "a", "b"))

    for context in (("record", 1, "ab"), ("record", "1", "a", "b"), ("record", 1, "a", "b", "")):
        with pytest.raises(SealBroken):
            unseal(key, sealed, context)


def test_a_root_key_never_prints_itself():
    key = RootKey(b"secret-secret-secret-secret-1234")

    assert "secret" not in repr(key)
    assert key.derive("one") != key.derive("other")
    assert len(key.derive("one")) == 32
