"""Whether the root key is the right one, and changing it.

Changing it rewraps every data key; the values themselves are not touched. It is one transaction that
opens what it has written before it commits; ``rewrap(new, old)`` takes it back.
"""

from __future__ import annotations

from django.db import transaction

from factotum.config import WrongSetting
from factotum.core.values import Ref
from factotum.store.envelope import Context, SealBroken, seal, unseal, unwrap, wrap
from factotum.store.models import DataKey, PendingLink, RootKeyCheck
from factotum.store.owners import owner_of
from factotum.store.root_key import RootKey
from factotum.store.secret_box import context_of

KNOWN = b"factotum root key check"
PLACE: Context = ("root key check",)


def check_root_key(root: RootKey) -> None:
    """At the start: WrongSetting unless this key opens what the database holds.

    A database that holds nothing sealed yet takes the key as its own.
    """
    row, _ = RootKeyCheck.objects.get_or_create(
        pk=1, defaults={"root_key_id": root.id, "sealed": _sealed_check(root)}
    )
    try:
        opened = unseal(root.derive("check"), row.sealed, PLACE) == KNOWN
    except SealBroken:
        opened = False
    if not opened:
        raise WrongSetting(
            f"The root key in use ({root.id}) is not the one this database's secrets were sealed "
            f"with ({row.root_key_id}). Set FACTOTUM_ROOT_KEY or FACTOTUM_ROOT_KEY_FILE to that "
            "key; nothing was changed."
        )


def rewrap(old: RootKey, new: RootKey) -> int:
    """Wrap every data key with the new root key; how many there were.

    SealBroken where the old key does not open one of them: nothing is changed then.
    """
    with transaction.atomic():
        rows = list(DataKey.objects.select_for_update().order_by("pk"))
        for row in rows:
            context = _context(row)
            data_key = unwrap(old, row.wrapped, context)
            row.wrapped = wrap(new, data_key, context)
            row.root_key_id = new.id
            if unwrap(new, row.wrapped, context) != data_key:
                raise SealBroken(f"The key of {row.type}:{row.record_id} did not open again.")
        DataKey.objects.bulk_update(rows, ["wrapped", "root_key_id"], batch_size=200)
        PendingLink.objects.all().delete()  # they live for minutes and are sealed with the old key
        RootKeyCheck.objects.update_or_create(
            pk=1, defaults={"root_key_id": new.id, "sealed": _sealed_check(new)}
        )
    return len(rows)


def verify(root: RootKey) -> int:
    """Open every data key; how many there are. SealBroken names the first that does not."""
    count = 0
    for row in DataKey.objects.order_by("pk").iterator():
        try:
            unwrap(root, row.wrapped, _context(row))
        except SealBroken:
            raise SealBroken(
                f"The secrets of {row.type}:{row.record_id} do not open with root key {root.id}."
            ) from None
        count += 1
    return count


def _context(row: DataKey) -> Context:
    ref = Ref(row.type, row.record_id)
    return context_of(ref, owner_of(ref))


def _sealed_check(root: RootKey) -> bytes:
    return seal(root.derive("check"), KNOWN, PLACE)
