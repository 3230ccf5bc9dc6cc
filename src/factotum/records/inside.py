"""What is inside a bot, its configuration and the parameters of its nodes: for those who may change it.

Packages write addresses, numbers and sometimes credentials there. Who may see a bot but not change it
sees names and structure, with ``•••`` for the values. Pages, API, command line and scripts get their
records by way of this; what runs a behavior does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from factotum.core.masking import MASK
from factotum.core.values import Record
from factotum.records.record_type import named

SURELY_TOLD = 8  # characters; a shorter value may stand anywhere by chance


def from_outside(record: Record) -> Record:
    """The record as those see it who may not change it.

    >>> from_outside(Record("bot", 1, {"name": "X", "config": {"api_key": "s3cr3t"}})).values
    {'name': 'X', 'config': {'api_key': '•••'}}
    """
    record_type = named(record.type)
    if record_type is None or not record_type.inside:
        return record
    shown = {
        key: _structure(value, record_type.inside[key]) if key in record_type.inside else value
        for key, value in record.values.items()
    }
    return Record(record.type, record.id, shown, record.label, record.created_at, record.updated_at)


def texts_inside(record: Record) -> frozenset[str]:
    """The values inside a record that are long enough to be known again elsewhere."""
    record_type = named(record.type)
    inside = record_type.inside if record_type else {}
    return frozenset[str]().union(*(texts_in(record.get(key)) for key in inside))


def texts_in(value: Any) -> frozenset[str]:
    """The texts in a structure that are long enough to be known again elsewhere."""
    return frozenset(text for text in _texts(value) if len(text) >= SURELY_TOLD)


def _structure(value: Any, told: Collection[str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _structure(item, told, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_structure(item, told) for item in value]
    says_nothing = value is None or value == "" or isinstance(value, bool)
    return value if says_nothing or key in told else MASK


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
