"""What is kept of a package beside its records, so that what cannot be used yet is exported again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.auth.scheme import schemes
from factotum.core.ports import Query, Store, Term
from factotum.core.values import Record
from factotum.packages.document import Document
from factotum.packages.templates import is_template
from factotum.records.record_type import record_types

TYPE = "package"


def keep(document: Document, store: Store) -> None:
    """Store the document under the package's name, instead of the one an import before left."""
    revision = int(document.revision) if document.revision.isdecimal() else 0
    values = {
        "name": document.name,
        "revision": revision,
        "document": without_secrets(document.raw),
    }
    before = kept_package(document.name, store)
    if before is None:
        store.create(TYPE, values)
    else:
        store.update(before.ref, values)


def kept_package(name: str, store: Store) -> Record | None:
    """The stored document of the package with this name."""
    page = store.find(TYPE, Query((Term("name", "is", name),), limit=1))
    return page.records[0] if page.records else None


def without_secrets(value: Any) -> Any:
    """The document with every secret that is written out in it made empty.

    Secrets that a prompt asks for are templates, and stay.
    """
    return _blanked(value, secret_keys())


def secret_keys() -> frozenset[str]:
    """The keys of all providers' secret parameters, and of records' secrets."""
    found: set[str] = set()
    for scheme in schemes.values():
        found |= scheme.service_fields.secret_keys | scheme.account_fields.secret_keys
    for record_type in record_types.values():
        found |= record_type.fields.secret_keys
    return frozenset(found)


def _blanked(value: Any, secret: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_blanked(item, secret) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: "" if key in secret and _is_written_out(item) else _blanked(item, secret)
        for key, item in value.items()
    }


def _is_written_out(value: Any) -> bool:
    return isinstance(value, str) and not is_template(value)
