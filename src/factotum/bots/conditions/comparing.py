"""The operators of conditions: texts, numbers, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from factotum.bots.conditions.condition_type import Verdict
from factotum.bots.variables import whole_number

if TYPE_CHECKING:
    from factotum.bots.execution import Execution


def compare_text(oper: str, actual: str, expected: str, execution: Execution) -> Verdict | None:
    """``is`` (no case), ``like`` (``*`` stands for anything), ``contains``, ``regexp``."""
    if oper == "is":
        passed = actual.casefold() == expected.casefold()
    elif oper == "like":
        passed = _like(actual, expected)
    elif oper == "contains":
        passed = expected.casefold() in actual.casefold()
    elif oper == "regexp":
        passed = execution.interpreter.matches(actual, expected)
    else:
        return None
    return Verdict(passed, actual, expected)


def compare_number(oper: str, actual: int, expected: int) -> Verdict | None:
    """``is``, ``gt``, ``lt``."""
    results = {"is": actual == expected, "gt": actual > expected, "lt": actual < expected}
    if oper not in results:
        return None
    return Verdict(results[oper], actual, expected)


def compare_list(oper: str, actual: Any, expected: Iterable[Any]) -> Verdict | None:
    """``in``: one of the expected; ``is``: nothing but expected ones. Compared as texts."""
    wanted = [str(one) for one in expected]
    found = [str(one) for one in actual] if isinstance(actual, list | tuple) else [as_text(actual)]
    if oper == "in":
        passed = any(one in wanted for one in found)
    elif oper == "is":
        passed = all(one in wanted for one in found)
    else:
        return None
    return Verdict(passed, found, wanted)


def as_text(value: Any) -> str:
    """A placeholder as text: nothing is "", true is "1"."""
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def as_number(value: Any) -> int:
    """A placeholder as a whole number; a list counts its items."""
    if isinstance(value, list | dict):
        return len(value)
    return whole_number("" if value is None else value)


def _like(actual: str, expected: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in expected.split("*"))
    return re.fullmatch(pattern, actual, re.IGNORECASE | re.DOTALL) is not None
