"""Records in the database: fulfils ``core.ports.Store``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction
from django.utils import timezone

from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.ports import Page, Query
from factotum.core.values import Actor, Owner, Record, Ref
from factotum.records.app import THE_APP
from factotum.records.record_type import load_record_types
from factotum.records.values import UNKEPT, complete, stored
from factotum.store import finding, leftovers
from factotum.store.due import follow, follow_bot
from factotum.store.models import Behavior, Bot, Origin, Worker
from factotum.store.revisions import revise
from factotum.store.saving import save
from factotum.store.secret_box import SealedBox
from factotum.store.tables import Table, table_of

EVERYTHING = Query()


class RecordsStore:
    """Every record type behind one face; ``box`` keeps and forgets their secrets."""

    def __init__(self, box: SealedBox, actor: Actor | None = None) -> None:
        load_record_types()
        self._box = box
        self._actor = actor or Actor.app()

    def acting_as(self, actor: Actor) -> RecordsStore:
        """The same store, writing down that this actor makes the changes."""
        return RecordsStore(self._box, actor)

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing; blocks nest."""
        return transaction.atomic()

    def get(self, ref: Ref) -> Record | None:
        """The record, or None."""
        if ref.type == "app":
            return THE_APP if ref.id == THE_APP.id else None
        table = table_of(ref.type)
        row = table.rows().filter(pk=ref.id).first()
        return table.record(row) if row is not None else None

    def find(self, type: str, query: Query = EVERYTHING) -> Page:
        """Records of one type."""
        if type == "app":
            return Page([THE_APP], total=1)
        return finding.find(table_of(type), query)

    def create(self, type: str, values: Mapping[str, Any]) -> Record:
        """A new record; KeyError for an unknown key, BadInput for a value no table can hold."""
        table = self._writable(type)
        row = table.new()
        kept = complete(table.type, values)
        table.put(row, kept)
        with self.atomic():
            if isinstance(row, Worker):
                row.set_unusable_password()
            save(table, row)
            if isinstance(row, Behavior):
                row.revision = 0
                self._revise(row, kept)
                follow(row)
        return table.record(row)

    def update(self, ref: Ref, values: Mapping[str, Any]) -> Record:
        """Change the named values, leave the others; NotFound where it is gone."""
        table = self._writable(ref.type)
        changes = stored(table.type, values)
        with self.atomic():
            row = table.rows().select_for_update().filter(pk=ref.id).first()
            if row is None:
                raise NotFound(f"There is no {table.type.label} {ref.id} any more.")
            before = table.values(row)
            if isinstance(row, Behavior):
                changes.pop("revision", None)
            after = {**before, **changes}
            table.put(row, after)
            row.updated_at = timezone.now()
            if table.type.has_owner and _owner(before) != _owner(after):
                self._box.reseal(ref, _owner(before), _owner(after))
            save(table, row)
            if isinstance(row, Behavior):
                self._revise(row, before)
                follow(row)
            if isinstance(row, Bot) and before["is_disabled"] != after["is_disabled"]:
                follow_bot(row.pk)
        return table.record(row)

    def delete(self, ref: Ref) -> None:
        """Remove the record and all that only speaks of it; Refused where others need it."""
        table = self._writable(ref.type)
        with self.atomic():
            if not table.rows().select_for_update().filter(pk=ref.id).first():
                return
            leftovers.refuse_if_used(ref)
            for part in leftovers.parts(ref):
                self.delete(part)
            self._box.forget(ref)
            leftovers.forget(ref)
            table.rows().filter(pk=ref.id).delete()

    def origin(self, package: str, uid: str) -> Ref | None:
        """The record that this uid of this package became, where it still exists."""
        row = Origin.objects.filter(hash=_origin_hash(package, uid)).first()
        return Ref(row.type, row.record_id) if row else None

    def origins(self, ref: Ref) -> Sequence[tuple[str, str]]:
        """(package name, uid) pairs that this record came from."""
        rows = Origin.objects.filter(type=ref.type, record_id=ref.id).order_by("pk")
        return list(rows.values_list("package", "uid"))

    def remember_origin(self, package: str, uid: str, ref: Ref) -> None:
        """Keep what a uid became, for the next import of the same package."""
        if UNKEPT.search(package + uid):
            raise BadInput("The package's name or a uid holds a character that no text has.")
        Origin.objects.update_or_create(
            hash=_origin_hash(package, uid),
            defaults={"package": package, "uid": uid, "type": ref.type, "record_id": ref.id},
        )

    def _writable(self, type: str) -> Table:
        if type == "app":
            raise Refused("The app itself is no record that can be changed.", code="read-only")
        return table_of(type)

    def _revise(self, row: Behavior, before: Mapping[str, Any]) -> None:
        revise(row, before, self._actor)
        row.save(update_fields=["revision"])


def _owner(values: Mapping[str, Any]) -> Owner:
    return Owner(values["owner__context"], values["owner_id"])


def _origin_hash(package: str, uid: str) -> bytes:
    text = f"{len(package)}:{package}{uid}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).digest()
