"""A store and a secret box in memory, as strict as the real ones: unknown keys, types and links fail."""

from __future__ import annotations

import copy
import fnmatch
from contextlib import contextmanager

from factotum.core.errors import BadInput, NotFound
from factotum.core.ports import Page, Query
from factotum.core.values import Record, Ref
from factotum.records.app import THE_APP
from factotum.records.record_type import record_types
from factotum.records.values import complete, stored

EVERYTHING = Query()
UNIQUE = {"webhook_listener": "guid"}


class MemoryStore:
    def __init__(self):
        self.records: dict[Ref, Record] = {}
        self.made_from: dict[tuple[str, str], Ref] = {}
        self.ids: dict[str, int] = {}
        self.actor = None
        self.fail_after: int | None = None
        """For tests: the write after this many more raises, as a full disk would."""

    def acting_as(self, actor):
        self.actor = actor
        return self

    @contextmanager
    def atomic(self):
        before = copy.deepcopy((self.records, self.made_from, self.ids))
        try:
            yield
        except BaseException:
            self.records, self.made_from, self.ids = before
            raise

    def get(self, ref):
        return THE_APP if ref == Ref("app", 0) else self.records.get(ref)

    def find(self, type, query=EVERYTHING):
        found = [r for ref, r in sorted(self.records.items()) if ref.type == type]
        found = [r for r in found if all(_holds(term, r) for term in query.terms)]
        return Page(found[: query.limit], "", len(found))

    def create(self, type, values):
        self._count_write()
        record_type = record_types[type]
        whole = complete(record_type, values)
        self._check(Ref(type, 0), whole)
        self.ids[type] = self.ids.get(type, 0) + 1
        return self._put(Ref(type, self.ids[type]), whole)

    def update(self, ref, values):
        self._count_write()
        if ref not in self.records:
            raise NotFound(f"There is no {ref}.")
        whole = {**self.records[ref].values, **stored(record_types[ref.type], values)}
        self._check(ref, whole)
        return self._put(ref, whole)

    def delete(self, ref):
        self.records.pop(ref, None)
        self.made_from = {key: kept for key, kept in self.made_from.items() if kept != ref}

    def origin(self, package, uid):
        ref = self.made_from.get((package, uid))
        return ref if ref in self.records else None

    def origins(self, ref):
        return [key for key, kept in self.made_from.items() if kept == ref]

    def remember_origin(self, package, uid, ref):
        self.made_from[package, uid] = ref

    def rows(self):
        """Everything that is stored, for comparing before and after."""
        return copy.deepcopy((self.records, self.made_from))

    def _put(self, ref, values):
        record = Record(ref.type, ref.id, values, record_types[ref.type].label_of(values))
        self.records[ref] = record
        return record

    def _check(self, ref, values):
        """What the tables check: links that lead nowhere, addresses that are taken."""
        for field in record_types[ref.type].fields:
            wanted = values.get(field.key)
            if field.kind == "link" and wanted and Ref(field.to, wanted) not in self.records:
                raise BadInput(f"{field.label} leads nowhere.", fields={field.key: "leads nowhere"})
        key = UNIQUE.get(ref.type)
        taken = key and any(
            other.get(key) == values.get(key)
            for kept, other in self.records.items()
            if kept.type == ref.type and kept != ref
        )
        if taken:
            raise BadInput(f"{key} is taken.", fields={key: "is taken"})

    def _count_write(self):
        if self.fail_after is not None:
            self.fail_after -= 1
            if self.fail_after < 0:
                raise OSError("the disk is full")


class MemorySecretBox:
    """Joins the store's transaction the way the real one does: it lives in the same database."""

    def __init__(self, store):
        self.sealed: dict[Ref, dict[str, str]] = {}
        inner = store.atomic

        @contextmanager
        def atomic():
            before = copy.deepcopy(self.sealed)
            try:
                with inner():
                    yield
            except BaseException:
                self.sealed = before
                raise

        store.atomic = atomic

    def seal(self, ref, values):
        kept = {**self.sealed.get(ref, {}), **values}
        self.sealed[ref] = {key: value for key, value in kept.items() if value}

    def open(self, ref):
        return dict(self.sealed.get(ref, {}))

    def set_at(self, ref):
        return dict.fromkeys(self.sealed.get(ref, {}), 1.0)


def _holds(term, record):
    value = record.id if term.key == "id" else record.values.get(term.key)
    oper = term.oper.removeprefix("!")
    text, wanted = str(value).lower(), str(term.value).lower()
    holds = {
        "is": lambda: value == term.value or text == wanted,
        "has": lambda: wanted in text,
        "like": lambda: fnmatch.fnmatch(text, wanted),
        "in": lambda: value in term.value,
    }[oper]()
    return holds != term.oper.startswith("!")
