"""What every record type declares; pages, API, packages, choosers and storage follow from it."""

from __future__ import annotations

from abc import ABC
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from factotum.core.fields import Fields
from factotum.core.registry import Registry


class RecordType(ABC):
    """One type of record.

    ``key`` is the short name of the file format (``connected_account``), ``full_id`` the long one
    (``cerberusweb.contexts.connected_account``); both are permanent. ``words`` maps a search word to
    the field it looks at (``name:twitter`` → ``{"name": "name"}``); text without a word looks at
    ``label_field``. ``has_owner`` types carry ``owner__context`` and ``owner_id``.
    """

    key: ClassVar[str]
    full_id: ClassVar[str]
    label: ClassVar[str]
    plural: ClassVar[str]
    fields: ClassVar[Fields]
    label_field: ClassVar[str] = "name"
    words: ClassVar[Mapping[str, str]] = {"id": "id", "name": "name"}
    has_owner: ClassVar[bool] = False
    part_of: ClassVar[str] = ""
    """The link to what this is a part of, where there is one: who may see that may see this."""
    is_for_admins: ClassVar[bool] = False
    """Whether knowing it lets one do something, so that nobody else may see it."""
    inside: ClassVar[Mapping[str, frozenset[str]]] = {}
    """Fields whose values only those see who may change the record (``records.inside``), each with
    the keys in it that say what something is rather than what it is filled in with."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Further names that packages and scripts use for this type (``workers`` for ``worker``)."""

    @classmethod
    def label_of(cls, values: Mapping[str, Any]) -> str:
        """What a person calls this record."""
        return str(values.get(cls.label_field) or "")

    @classmethod
    def as_scripts_read(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values with what scripts count on being there, and without what is inside."""
        return {key: value for key, value in values.items() if key not in cls.inside}

    @classmethod
    def faults(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """Key → sentence for every value that cannot stand."""
        return cls.fields.faults(values)

    @classmethod
    def secret_faults(cls, values: Mapping[str, Any], sealed: Collection[str]) -> dict[str, str]:
        """The same for secrets: ``sealed`` are the keys of those that are set, or being set."""
        del values, sealed
        return {}


record_types: Registry[RecordType] = Registry("record type")


def load_record_types() -> None:
    """Import every record type of this folder and of installed plug-ins."""
    record_types.find_in("factotum.records")
    record_types.find_entry_points("factotum.record_types")


def named(name: str) -> type[RecordType] | None:
    """The type for a key, a full id or another name of it (``worker``, ``workers``), or None."""
    found = record_types.find(name)
    if found is not None:
        return found
    for record_type in record_types.values():
        if name == record_type.full_id or name in record_type.aliases:
            return record_type
    return None
