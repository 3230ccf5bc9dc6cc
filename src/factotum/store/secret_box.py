"""Sealed values by record and field: fulfils ``core.ports.SecretBox``.

Each record has a data key of its own. A value is bound to the record's type and id, to its field and
to the record's owner; whoever changes the owner of a record calls ``reseal`` in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.db import transaction

from factotum.core.values import Owner, Ref
from factotum.store.envelope import Context, SealBroken, new_key, seal, unseal, unwrap, wrap
from factotum.store.models import DataKey, SealedValue
from factotum.store.owners import owner_of
from factotum.store.root_key import RootKey


class SealedBox:
    """Opens and seals with one root key."""

    def __init__(self, root: RootKey) -> None:
        self.root = root

    def seal(self, ref: Ref, values: Mapping[str, str]) -> None:
        """Keep these values, replacing what those fields had; "" removes a field."""
        self._seal(ref, owner_of(ref), values)

    def open(self, ref: Ref) -> dict[str, str]:
        """Every sealed value of a record, in clear; SealBroken where one does not open."""
        return self._open(ref, owner_of(ref))

    def set_at(self, ref: Ref) -> dict[str, float]:
        """Field → seconds since 1970 when it was last set."""
        rows = SealedValue.objects.filter(key__type=ref.type, key__record_id=ref.id)
        return dict(rows.values_list("field", "set_at"))

    def reseal(self, ref: Ref, old: Owner, new: Owner) -> None:
        """Bind a record's values to its new owner, under a new data key; when they were set stays."""
        with transaction.atomic():
            values, set_at = self._open(ref, old), self.set_at(ref)
            self.forget(ref)
            self._seal(ref, new, values, set_at)

    def forget(self, ref: Ref) -> None:
        """Remove every sealed value of a record, and its key."""
        DataKey.objects.filter(type=ref.type, record_id=ref.id).delete()

    def data_key(self, ref: Ref) -> bytes:
        """The key that seals what belongs to a record, made where there is none."""
        with transaction.atomic():
            return self._data_key(ref, owner_of(ref))[1]

    def _seal(
        self,
        ref: Ref,
        owner: Owner,
        values: Mapping[str, str],
        set_at: Mapping[str, float] | None = None,
    ) -> None:
        now = time.time()
        with transaction.atomic():
            kept = {field: value for field, value in values.items() if value}
            row, data_key = self._data_key(ref, owner) if kept else (None, b"")
            for field, value in kept.items():
                sealed = seal(data_key, value.encode(), context_of(ref, owner, field))
                SealedValue.objects.update_or_create(
                    key=row,
                    field=field,
                    defaults={"sealed": sealed, "set_at": (set_at or {}).get(field, now)},
                )
            self._remove(ref, [field for field in values if field not in kept])

    def _remove(self, ref: Ref, fields: list[str]) -> None:
        if fields:
            SealedValue.objects.filter(
                key__type=ref.type, key__record_id=ref.id, field__in=fields
            ).delete()

    def _data_key(self, ref: Ref, owner: Owner) -> tuple[DataKey, bytes]:
        """The record's key, made where it has none; locked, so that two never make one each."""
        context = context_of(ref, owner)
        fresh = new_key()
        row, is_new = DataKey.objects.select_for_update().get_or_create(
            type=ref.type,
            record_id=ref.id,
            defaults={"wrapped": wrap(self.root, fresh, context), "root_key_id": self.root.id},
        )
        return row, fresh if is_new else self._unwrap(ref, row.wrapped, row.root_key_id, context)

    def _unwrap(
        self, ref: Ref, wrapped: bytes | memoryview, root_key_id: str, context: Context
    ) -> bytes:
        if root_key_id != self.root.id:
            raise SealBroken(
                f"The secrets of {ref} were sealed with root key {root_key_id}; the one in use is "
                f"{self.root.id}. Set the key they were sealed with, or link and enter them anew."
            )
        return unwrap(self.root, wrapped, context)

    def _open(self, ref: Ref, owner: Owner) -> dict[str, str]:
        rows = SealedValue.objects.filter(key__type=ref.type, key__record_id=ref.id).values_list(
            "field", "sealed", "key__wrapped", "key__root_key_id"
        )
        clear: dict[str, str] = {}
        data_key = b""
        for field, sealed, wrapped, root_key_id in rows:
            data_key = data_key or self._unwrap(ref, wrapped, root_key_id, context_of(ref, owner))
            clear[field] = unseal(data_key, sealed, context_of(ref, owner, field)).decode()
        return clear


def context_of(ref: Ref, owner: Owner, *field: str) -> Context:
    """What a record's data key is bound to; with a field, what that field's value is bound to."""
    return ("record", ref.type, ref.id, owner.type, owner.id, *field)
