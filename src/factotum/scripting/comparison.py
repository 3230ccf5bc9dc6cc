"""PHP's loose equality and order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from factotum.scripting.values import is_numeric, number, pairs, text, truth

if TYPE_CHECKING:
    from factotum.scripting.run import Run


def equal(run: Run, left: Any, right: Any) -> bool:
    """``==``: "1" is 1, "1.0" is "1", null is "" and false, "abc" is not 0 (as PHP 8)."""
    kind = type(left)
    if kind is type(right) and (kind is int or kind is float or kind is bool):
        return bool(left == right)
    if kind is str and left is right:
        return True
    return compare(run, left, right) == 0


def compare(run: Run, left: Any, right: Any) -> int:
    """-1, 0 or 1 for less, same, more, with PHP 8's rules for unlike kinds."""
    if left is None or right is None or type(left) is bool or type(right) is bool:
        return _compare_blank(left, right)
    if isinstance(left, (list, Mapping)) or isinstance(right, (list, Mapping)):
        return _compare_deep(run, left, right)
    if type(left) is str and type(right) is str and not (is_numeric(left) and is_numeric(right)):
        return (left > right) - (left < right)
    if _is_number(left) and _is_number(right):
        first, second = number(left), number(right)
        return (first > second) - (first < second)
    first_text, second_text = text(left), text(right)
    return (first_text > second_text) - (first_text < second_text)


def _is_number(value: Any) -> bool:
    return is_numeric(value) or isinstance(value, datetime)


def _compare_blank(left: Any, right: Any) -> int:
    if left is None and type(right) is str:
        return -1 if right else 0
    if right is None and type(left) is str:
        return 1 if left else 0
    return truth(left) - truth(right)


def _compare_deep(run: Run, left: Any, right: Any) -> int:
    if not isinstance(left, (list, Mapping)):
        return -1
    if not isinstance(right, (list, Mapping)):
        return 1
    if len(left) != len(right):
        return 1 if len(left) > len(right) else -1
    others = dict(pairs(right))
    with run.deeper():
        for key, value in pairs(left):
            run.visit()
            if key not in others:
                return 1
            if order := compare(run, value, others[key]):
                return order
    return 0
