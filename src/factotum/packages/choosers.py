"""Chooser prompts: which records are offered, which answer is taken, what templates read of it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factotum.core.fields import Flag, Link
from factotum.core.ports import Query, Store, Term
from factotum.core.values import Actor, Record, Ref
from factotum.packages.shape import is_id
from factotum.records.record_type import RecordType, named

OFFERED = 100

MayUse = Callable[[Actor, Record], bool]
"""Whether this actor may use that record; the owner rules stand behind it."""


@dataclass(frozen=True, slots=True)
class Chooser:
    """Looks records up for one actor: what may not be used is as if it were not there."""

    store: Store
    actor: Actor
    may_use: MayUse

    def offered(self, record_type: type[RecordType], query: str, kind: str = "") -> list[Record]:
        """The records to choose from, narrowed by the prompt's query (``name:twitter``).

        ``kind`` is the type of records that are kept as data only.
        """
        found: dict[int, Record] = {}
        of_kind = (Term("kind", "is", kind),) if kind else ()
        for side in alternatives(record_type, query):
            terms = of_kind + side
            page = self.store.find(record_type.key, Query(terms, limit=OFFERED))
            found.update({record.id: record for record in page.records})
        return [record for record in found.values() if self.may_use(self.actor, record)]

    def get(self, record_type: type[RecordType], name: object) -> Record | None:
        """The record with this id, uri or (where only one has it) name."""
        text = str(name).strip()
        if is_id(text):
            record = self.store.get(Ref(record_type.key, int(text)))
            return record if record and self.may_use(self.actor, record) else None
        named_so = (
            self._only(record_type, key, text)
            for key in ("uri", record_type.label_field)
            if key in record_type.fields
        )
        return next((record for record in named_so if record), None)

    def _only(self, record_type: type[RecordType], key: str, text: str) -> Record | None:
        page = self.store.find(record_type.key, Query((Term(key, "is", text),), limit=OFFERED))
        usable = [record for record in page.records if self.may_use(self.actor, record)]
        return usable[0] if len(usable) == 1 else None


def alternatives(record_type: type[RecordType], query: str) -> Iterator[tuple[Term, ...]]:
    """The search terms of a chooser's query, one tuple for each side of an ``OR``.

    Words that the record type does not search by are left out: a chooser's query only narrows
    what is offered.
    """
    side: list[Term] = []
    for token in _tokens(query):
        if token == "OR":
            yield tuple(side)
            side = []
        elif token != "AND":
            side.extend(_term(record_type, token))
    yield tuple(side)


def _tokens(query: str) -> list[str]:
    cleaned = query.replace("(", " ").replace(")", " ")
    try:
        return shlex.split(cleaned)
    except ValueError:
        return cleaned.replace('"', " ").replace("'", " ").split()


def _term(record_type: type[RecordType], token: str) -> Iterator[Term]:
    word, colon, value = token.partition(":")
    if not colon:
        yield Term(record_type.label_field, "has", token.replace("*", ""))
        return
    key = record_type.words.get(word)
    if key is None or not value:
        return
    declared = next((field for field in record_type.fields if field.key == key), None)
    if isinstance(declared, Flag):
        yield Term(key, "is", value.lower() in {"y", "yes", "true", "1"})
    elif key == "id" or isinstance(declared, Link):
        yield from [Term(key, "is", int(value))] if is_id(value) else []
    else:
        yield Term(key, "has", value.replace("*", ""))


def readable(record: Record, store: Store) -> dict[str, Any]:
    """What templates read of a chosen record, under the chooser's key less ``id``.

    ``twitter_account_id`` gives ``twitter_account__label``, ``twitter_account_name``,
    ``twitter_account_service_name``, ``twitter_account_owner__label`` …: its own values, and
    those of the records it points to.
    """
    names = _own(record, "")
    for prefix, ref in _pointed_at(record):
        other = store.get(ref)
        if other:
            names.update(_own(other, prefix))
        elif ref.type == "app":
            names.update({f"{prefix}_label": "Factotum", f"{prefix}id": 0})
    return names


def _own(record: Record, prefix: str) -> dict[str, Any]:
    label = record.label or record.get("name", "")
    own = {f"{prefix}{key}": value for key, value in record.values.items()}
    record_type = named(record.type)
    context = record_type.full_id if record_type else record.type
    return own | {f"{prefix}_label": label, f"{prefix}_context": context, f"{prefix}id": record.id}


def _pointed_at(record: Record) -> Iterator[tuple[str, Ref]]:
    record_type = named(record.type)
    for declared in record_type.fields if record_type else ():
        value = record.get(declared.key)
        if isinstance(declared, Link) and declared.key.endswith("_id") and value:
            yield declared.key[: -len("id")], Ref(declared.to, int(value))
    owner = record.get("owner__context")
    if owner:
        yield "owner_", Ref(str(owner), int(record.get("owner_id") or 0))


def prefixed(names: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The names of a chosen record as templates say them, for a prompt key that ends in ``_id``."""
    stem = key.removesuffix("id")
    return {f"{stem}{name}": value for name, value in names.items() if name != "id"}
