"""Record types by any of their names (``worker``, ``workers``, ``cerberusweb.contexts.worker``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from factotum.core.errors import BadInput
from factotum.records.not_kept import known_record_type
from factotum.records.record_type import RecordType, load_record_types, named


def type_of(context: str) -> str:
    """The record type's key for any name of it; a name that no type has is returned as it is."""
    found = find(context)
    return found.key if found is not None else context


def known_type(name: str) -> str:
    """The record type's key; BadInput where there is no such type."""
    found = find(name)
    if found is None:
        raise BadInput(f"There is no record type “{name}”.", code="unknown-record-type")
    return found.key


def not_kept(context: str) -> str:
    """The sentence for a record type of the format that has no records here yet, else ``""``."""
    kind = "" if find(context) is not None else known_record_type(context.strip())
    return f"Records of the type {kind} are not available yet." if kind else ""


def find(name: str) -> type[RecordType] | None:
    """The record type, or None."""
    _load()
    return named(name.strip())


def as_scripts_read(type: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A loaded record's values as scripts read them."""
    record_type = find(type)
    return record_type.as_scripts_read(values) if record_type and values else values


@cache
def _load() -> None:
    load_record_types()
