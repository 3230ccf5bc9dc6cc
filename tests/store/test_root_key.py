"""The root key comes from the environment or a file, and a wrong one stops the start."""

import base64
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from factotum import config
from factotum.config import WrongSetting
from factotum.store import root_key
from factotum.store.envelope import SealBroken
from factotum.store.models import DataKey, RootKeyCheck
from factotum.store.root_key import RootKey
from factotum.store.root_rotation import check_root_key, rewrap, verify

BYTES = bytes(range(32))


def settings(tmp_path, **environ):
    return config.load({"FACTOTUM_DATA": str(tmp_path / "data"), **environ})


@pytest.mark.parametrize(
    "text",
    [
        BYTES.hex(),
        BYTES.hex().upper(),
        base64.b64encode(BYTES).decode(),
        base64.urlsafe_b64encode(BYTES).decode(),
        f"  {BYTES.hex()}\n",
    ],
)
def test_it_is_read_as_hex_or_base64(tmp_path, text):
    assert root_key.load(settings(tmp_path, FACTOTUM_ROOT_KEY=text)).secret == BYTES


@pytest.mark.parametrize("text", ["short", "zz" * 32, BYTES.hex()[2:], "é" * 32])
def test_another_text_is_refused_without_being_repeated(tmp_path, text):
    with pytest.raises(WrongSetting) as fault:
        root_key.load(settings(tmp_path, FACTOTUM_ROOT_KEY=text))

    assert text not in str(fault.value)


def test_it_is_read_from_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(BYTES.hex() + "\n")

    assert root_key.load(settings(tmp_path, FACTOTUM_ROOT_KEY_FILE=str(file))).secret == BYTES


def test_a_file_that_was_named_is_never_made(tmp_path):
    with pytest.raises(WrongSetting, match="cannot be read"):
        root_key.load(settings(tmp_path, FACTOTUM_ROOT_KEY_FILE=str(tmp_path / "none")))

    assert not (tmp_path / "none").exists()


def test_without_a_setting_one_is_made_for_the_owner_only_and_told(tmp_path, caplog):
    made = root_key.load(settings(tmp_path))
    file = tmp_path / "data" / "root.key"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert str(file) in caplog.text
    assert made.secret.hex() not in caplog.text
    assert root_key.load(settings(tmp_path)) == made
    assert [each.name for each in file.parent.iterdir()] == ["root.key"]


def test_processes_that_start_together_agree_on_one(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: root_key.load(settings(tmp_path)), range(16)))

    assert len(keys) == 1


@pytest.mark.django_db
def test_the_first_key_becomes_the_databases_own(root_key):
    check_root_key(root_key)
    check_root_key(root_key)


@pytest.mark.django_db
def test_a_wrong_key_stops_the_start_and_names_the_right_one_by_its_id(root_key):
    check_root_key(root_key)
    other = RootKey(secrets.token_bytes(32))

    with pytest.raises(WrongSetting) as fault:
        check_root_key(other)

    assert root_key.id in str(fault.value)
    assert root_key.secret.hex() not in str(fault.value)
    assert RootKeyCheck.objects.get().root_key_id == root_key.id


@pytest.mark.django_db
def test_changing_the_key_opens_everything_with_the_new_one_only(store, box, account, service):
    from factotum.store.secret_box import SealedBox

    new = RootKey(secrets.token_bytes(32))
    check_root_key(box.root)
    for ref in (account.ref, service.ref):
        box.seal(ref, {"a": str(ref)})

    assert rewrap(box.root, new) == 2

    check_root_key(new)
    assert verify(new) == 2
    assert SealedBox(new).open(account.ref) == {"a": str(account.ref)}
    with pytest.raises(SealBroken):
        box.open(account.ref)
    with pytest.raises(SealBroken):
        verify(box.root)


@pytest.mark.django_db
def test_a_change_is_taken_back(box, account):
    new = RootKey(secrets.token_bytes(32))
    box.seal(account.ref, {"a": "1"})

    rewrap(box.root, new)
    rewrap(new, box.root)

    assert box.open(account.ref) == {"a": "1"}


@pytest.mark.django_db
def test_a_change_that_cannot_open_all_changes_none(store, box, account, service):
    box.seal(account.ref, {"a": "1"})
    box.seal(service.ref, {"a": "2"})
    DataKey.objects.filter(type="connected_service").update(wrapped=b"broken")

    with pytest.raises(SealBroken):
        rewrap(box.root, RootKey(secrets.token_bytes(32)))

    assert box.open(account.ref) == {"a": "1"}
