"""Values as PHP sees them: truth, text, number, items.

A script's values are those of JSON (None, bool, int, float, str, list, dict) and aware datetimes.
A map keeps its order; a list is a map with the keys 0, 1, 2 …. Bytes that are no UTF-8 live in a
str as surrogate escapes, so that decoding, signing and encoding give the same bytes again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from factotum.scripting.faults import Trouble

_NUMERIC = re.compile(r"[ \t\n\r\v\f]*[+-]?(?:\d+(\.\d*)?|(\.\d+))([eE][+-]?\d+)?", re.ASCII)
_MAX_DIGITS = 4000
_INT64 = 2**63


def truth(value: Any) -> bool:
    """False for null, false, 0, 0.0, "", "0" and anything with no items.

    >>> [truth(v) for v in ("0", "0.0", " ", [], {}, 0, -1)]
    [False, True, True, False, False, False, True]
    """
    if type(value) is str:
        return value not in {"", "0"}
    return bool(value)


def empty(value: Any) -> bool:
    """``is empty``: null, false, "" or no items; 0 and "0" are something."""
    if value is None or value is False or value == "":
        return True
    return isinstance(value, (list, Mapping)) and not value


def text(value: Any) -> str:
    """As printed: true is "1", false and null are "", 1.0 is "1", a list is "Array".

    >>> [text(v) for v in (True, False, None, 1.0, 0.1 + 0.2, [1], 12)]
    ['1', '', '', '1', '0.3', 'Array', '12']
    """
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    if kind is bool:
        return "1" if value else ""
    if kind is float:
        return float_text(value)
    if isinstance(value, (list, Mapping)):
        return "Array"
    return _other_text(value)


def _other_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    spoken = getattr(type(value), "script_text", None)
    return str(spoken(value)) if spoken is not None else ""


def float_text(value: float) -> str:
    """At most 14 significant digits, as PHP prints: 1.0E+25, INF, NAN, -0."""
    if not math.isfinite(value):
        return "NAN" if math.isnan(value) else ("INF" if value > 0 else "-INF")
    digits = format(value, ".14G")
    if "E" not in digits:
        return digits
    mantissa, exponent = digits.split("E")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{exponent[0]}{int(exponent[1:])}"


def is_numeric(value: Any) -> bool:
    """A number, or a text that is one and nothing else ("1e3", " 42", not "0x1A" or "1 a")."""
    if type(value) is str:
        match = _NUMERIC.match(value)
        return match is not None and not value[match.end() :].strip(" \t\n\r\v\f")
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def number(value: Any) -> int | float:
    """The number a value begins with, else 0; raises Trouble for a list or a map.

    >>> [number(v) for v in ("12 apples", "1.50", "", None, True, "-3e2")]
    [12, 1.5, 0, 0, 1, -300.0]
    """
    kind = type(value)
    if kind is int or kind is float:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return _number_in(value)
    if value is None or kind is bool:
        return int(bool(value))
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, (list, Mapping)):
        raise Trouble("A list or a map is used as a number.")
    return _number_in(_other_text(value))


def _number_in(value: str) -> int | float:
    match = _NUMERIC.match(value)
    if match is None:
        return 0
    if match[1] is None and match[2] is None and match[3] is None and match.end() < _MAX_DIGITS:
        return int(match[0])
    return float(match[0])


def integer(value: Any) -> int:
    """``number`` without its fraction; an infinite one is 0."""
    result = number(value)
    if type(result) is float:
        return int(result) if math.isfinite(result) else 0
    return int(result)


def fitted(value: float) -> int | float:
    """A result of arithmetic: whole numbers beyond 64 bits become floats, as in PHP."""
    if type(value) is int and not -_INT64 <= value < _INT64:
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return value


def pairs(value: Any) -> list[tuple[Any, Any]]:
    """Keys and values of a list or a map; nothing for anything else."""
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, Mapping):
        return [(key, value[key]) for key in value]
    return []


def items(value: Any) -> list[Any]:
    """The values of a list or a map; nothing for anything else."""
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping):
        return [value[key] for key in value]
    return []


def array(found: list[tuple[Any, Any]]) -> list[Any] | dict[Any, Any]:
    """A list where the keys are 0, 1, 2 …, else a map.

    >>> array([(0, "a"), (1, "b")]), array([(1, "b")])
    (['a', 'b'], {1: 'b'})
    """
    if all(type(key) is int and key == place for place, (key, _) in enumerate(found)):
        return [value for _, value in found]
    return dict(found)


def like(original: Any, found: list[tuple[Any, Any]]) -> list[Any] | dict[Any, Any]:
    """``array``, but no items of a map stay a map."""
    if not found and isinstance(original, Mapping):
        return {}
    return array(found)


def get(value: Any, key: Any) -> Any:
    """``value.key`` or ``value[key]``: an item of a list or a map, else null. Nothing of Python.

    "1" and 1 are the same key.
    """
    if isinstance(value, dict) and type(key) is str:
        found = value.get(key, _MISSING)
        return found if found is not _MISSING else _get_other(value, key)
    if isinstance(value, list):
        place = _place(key)
        return value[place] if place is not None and 0 <= place < len(value) else None
    if isinstance(value, Mapping):
        return _get_other(value, key)
    child = getattr(type(value), "script_get", None)
    return child(value, key) if child is not None else None


_MISSING = object()


def _get_other(value: Mapping[Any, Any], key: Any) -> Any:
    for spelling in _spellings(key):
        try:
            return value[spelling]
        except KeyError:
            continue
    return None


def has(value: Any, key: Any) -> bool:
    """Whether ``get`` finds an item, be it null."""
    if isinstance(value, list):
        place = _place(key)
        return place is not None and 0 <= place < len(value)
    return isinstance(value, Mapping) and any(one in value for one in _spellings(key))


def _spellings(key: Any) -> tuple[Any, ...]:
    if type(key) is str:
        place = _place(key)
        return (key,) if place is None else (key, place)
    if key is None:
        return ("",)
    if isinstance(key, (bool, int, float)):
        return (int(key), str(int(key))) if math.isfinite(key) else ()
    return ()


def _place(key: Any) -> int | None:
    if type(key) is int:
        return key
    if type(key) is str and key.isascii() and key.isdigit() and len(key) < 19:
        return int(key)
    if isinstance(key, (bool, float)) and math.isfinite(key):
        return int(key)
    return None


def as_bytes(value: Any) -> bytes:
    """The bytes of a text; see the top of this file for bytes that are no UTF-8."""
    try:
        return text(value).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text(value).encode("utf-8", "replace")


def from_bytes(data: bytes) -> str:
    """The text of bytes, so that ``as_bytes`` gives them back."""
    return data.decode("utf-8", "surrogateescape")
