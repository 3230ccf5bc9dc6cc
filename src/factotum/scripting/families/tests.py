"""Tests: ``is empty``, ``is numeric``, ``is same as(x)`` …"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from factotum.scripting import values
from factotum.scripting.registry import TESTS
from factotum.scripting.values import integer, is_numeric, items, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run


@TESTS.add("empty")
def empty(value: Any) -> bool:
    """Null, false, "" or no items; 0 is something."""
    return values.empty(value)


@TESTS.add("null", "none")
def null(value: Any) -> bool:
    """Null, or not there."""
    return value is None


@TESTS.add("iterable")
def iterable(value: Any) -> bool:
    """A list or a map."""
    return isinstance(value, (list, Mapping))


@TESTS.add("sequence")
def sequence(value: Any) -> bool:
    """A list."""
    return isinstance(value, list)


@TESTS.add("mapping")
def mapping(value: Any) -> bool:
    """A map."""
    return isinstance(value, Mapping)


@TESTS.add("numeric")
def numeric(value: Any) -> bool:
    """A number, or a text that is one."""
    return is_numeric(value)


@TESTS.add("even")
def even(value: Any) -> bool:
    """Divisible by 2."""
    return integer(value) % 2 == 0


@TESTS.add("odd")
def odd(value: Any) -> bool:
    """Not divisible by 2."""
    return integer(value) % 2 != 0


@TESTS.add("divisible by")
def divisible_by(value: Any, by: Any) -> bool:
    """Without rest; nothing is divisible by 0."""
    divisor = integer(by)
    return divisor != 0 and integer(value) % divisor == 0


@TESTS.add("same as")
def same_as(run: Run, value: Any, other: Any) -> bool:
    """Same kind and same value: 1 is not "1"."""
    if type(value) is not type(other):
        return False
    if isinstance(value, (list, Mapping)):
        left, right = values.pairs(value), values.pairs(other)
        run.visit(len(left) + 1)
        with run.deeper():
            return len(left) == len(right) and all(
                one == two and same_as(run, a, b)
                for (one, a), (two, b) in zip(left, right, strict=True)
            )
    return bool(value == other)


@TESTS.add("pattern")
def pattern(value: Any, *patterns: Any) -> bool:
    """Matches one of the patterns, in which ``*`` stands for anything; so for a list, one of it."""
    subjects = [text(one) for one in items(value)] or [text(value)]
    return any(fits_pattern(one, text(wanted)) for wanted in patterns for one in subjects)


@TESTS.add("prefixed")
def prefixed(value: Any, *prefixes: Any) -> bool:
    """Starts with one of these."""
    return text(value).startswith(tuple(text(one) for one in prefixes))


@TESTS.add("suffixed")
def suffixed(value: Any, *suffixes: Any) -> bool:
    """Ends with one of these."""
    return text(value).endswith(tuple(text(one) for one in suffixes))


@TESTS.add("record type")
def record_type(value: Any, *types: Any) -> bool:
    """Names one of these record types, by alias (``task``) or full id."""
    return _alias(value) in {_alias(one) for one in types}


def _alias(value: Any) -> str:
    return text(value).lower().rpartition("contexts.")[2]


def fits_pattern(subject: str, wanted: str) -> bool:
    """Whether a text fits a pattern with ``*``, upper and lower case alike.

    Greedy from both ends, so that many stars cost no more than few.
    """
    pieces = wanted.lower().split("*")
    subject = subject.lower()
    if len(pieces) == 1:
        return subject == pieces[0]
    first, *middle, last = pieces
    if len(subject) < len(first) + len(last):
        return False
    if not subject.startswith(first) or not subject.endswith(last):
        return False
    place, end = len(first), len(subject) - len(last)
    for piece in middle:
        place = subject.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return True
