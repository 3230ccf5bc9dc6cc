"""Numbers for people: ``bytes_pretty``, ``secs_pretty``."""

from __future__ import annotations

from typing import Any, Final

from factotum.scripting.families.numbers import number_format
from factotum.scripting.registry import FILTERS
from factotum.scripting.values import integer, number

_SIZES: Final = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "KB"))
_SPANS: Final = (
    (31_557_600, "year"), (2_592_000, "month"), (604_800, "week"), (86_400, "day"),
    (3600, "hour"), (60, "min"), (1, "sec"),
)  # fmt: skip


@FILTERS.add("bytes_pretty")
def bytes_pretty(value: Any, precision: Any = 0) -> str:
    """A size in units of 1000: "123.46 MB"."""
    size = number(value)
    for unit, name in _SIZES:
        if abs(size) >= unit:
            return f"{number_format(size / unit, precision)} {name}"
    return f"{number_format(size)} bytes"


@FILTERS.add("secs_pretty")
def secs_pretty(value: Any, precision: Any = 0) -> str:
    """A span of seconds: "2 hours, 22 mins"; at most so many parts where precision is given."""
    left, parts = abs(integer(value)), []
    for size, name in _SPANS:
        if name != "month" and left >= size:
            count, left = divmod(left, size)
            parts.append(plural(count, name))
    most = integer(precision)
    return ", ".join(parts[:most] if most > 0 else parts) or "0 secs"


def span_in_words(seconds: int) -> str:
    """The biggest part of a span: "18 years"."""
    for size, name in _SPANS:
        if name != "week" and seconds >= size:
            return plural(seconds // size, name)
    return "0 secs"


def plural(count: int, name: str) -> str:
    """A count with its unit: 1 day, 2 days."""
    return f"{count} {name}{'' if count == 1 else 's'}"
