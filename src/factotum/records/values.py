"""The one form in which a record's values are kept, whatever form a package or a page gave them.

============  ==================================================================
kind          kept as (and when empty)
============  ==================================================================
text …        str ("")
flag          bool (False); ``"1"`` and ``1`` are true
number        int (its default, else 0)
link, moment  int, 0 for none
lines         list of str ([]); a text is split at its line ends, empty ones go
json          dict or list ({})
============  ==================================================================

Any record may also carry ``links`` (``["task:5", …]``) and ``custom_<id>`` values.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from factotum.core.errors import BadInput
from factotum.core.fields import Field
from factotum.records.ownership import owner_type
from factotum.records.record_type import RecordType

EXTRA = re.compile(r"^(links|custom_\d+)$")

_TRUE = {True, "1", "true", "yes", "y"}  # 1 equals True

UNKEPT = re.compile("[\0\ud800-\udfff]")
"""PostgreSQL holds no NUL, and neither database half of a surrogate pair."""

_LARGEST = 2**63 - 1  # what a column of either database holds


def is_extra(key: str) -> bool:
    """Whether any record may carry this key beside its declared fields."""
    return bool(EXTRA.match(key))


def unknown_keys(record_type: type[RecordType], values: Mapping[str, Any]) -> list[str]:
    """The keys that this type cannot keep, in their order; secrets are sealed elsewhere."""
    kept = {field.key for field in open_fields(record_type)}
    return [key for key in values if key not in kept and not is_extra(key)]


def open_fields(record_type: type[RecordType]) -> list[Field]:
    """The fields whose values are kept with the record: all but secrets."""
    return [field for field in record_type.fields if not field.is_secret]


def stored(record_type: type[RecordType], values: Mapping[str, Any]) -> dict[str, Any]:
    """The given values as they are kept; KeyError names the first key that cannot be."""
    kept: dict[str, Any] = {}
    for key, value in values.items():
        if key in record_type.fields and not record_type.fields[key].is_secret:
            kept[key] = stored_value(record_type.fields[key], value)
        elif is_extra(key):
            kept[key] = copy.deepcopy(value)
        else:
            raise KeyError(f"{record_type.key} has no field {key!r}")
    return kept


def complete(record_type: type[RecordType], values: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a new record: what is given, else each field's default."""
    defaults = {field.key: stored_value(field, field.default) for field in open_fields(record_type)}
    return {**defaults, **stored(record_type, values)}


def stored_value(field: Field, value: Any) -> Any:
    """One value as it is kept; BadInput where no database can hold it. Call ``faults`` before."""
    match field.kind:
        case "flag":
            return value in _TRUE
        case "number":
            return _whole(field, field.default if value in (None, "") else value)
        case "link" | "moment":
            return _whole(field, value)
        case "lines":
            lines = value.splitlines() if isinstance(value, str) else (value or [])
            return [_text(field, line.strip()) for line in lines if line.strip()]
        case "json":
            return copy.deepcopy(value) if value not in (None, "") else {}
    text = _text(field, "" if value is None else str(value))
    return owner_type(text) if field.key == "owner__context" else text


def _whole(field: Field, value: Any) -> int:
    number = int(value) if value not in (None, "") else 0
    if abs(number) > _LARGEST:
        raise _unkept(field, f"{field.label} is too large a number.")
    return number


def _text(field: Field, text: str) -> str:
    bad = UNKEPT.search(text)
    if bad:
        code = f"U+{ord(bad[0]):04X}"
        raise _unkept(field, f"{field.label} holds a character that no text has: {code}.")
    return text


def _unkept(field: Field, sentence: str) -> BadInput:
    return BadInput(sentence, fields={field.key: sentence})
