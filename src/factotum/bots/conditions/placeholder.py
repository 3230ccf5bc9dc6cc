"""Conditions on a placeholder, whatever its name: ``var_priority``, ``custom_3``, ``message`` …

The operands tell its type, as the editor of the file format writes them: ``bool`` a checkbox,
``from`` and ``to`` a date, ``values`` a choice, ``worker_id`` people; ``gt`` and ``lt`` a number, as
does a variable declared as one; all else is text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from factotum.bots.conditions.comparing import (
    as_number,
    as_text,
    compare_list,
    compare_number,
    compare_text,
)
from factotum.bots.conditions.condition_type import ConditionType, Verdict
from factotum.bots.variables import is_true, whole_number

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps

Asking = Callable[[str, Any, "Execution"], "Steps[Verdict | None]"]


class OnPlaceholder(ConditionType):
    """Asks a placeholder's value in the way of one type."""

    key = "(placeholder)"

    def __init__(self, name: str, value: Any, ask: Asking) -> None:
        self.label = name
        self._value = value
        self._ask = ask

    def run(self, oper: str, execution: Execution) -> Steps[Verdict | None]:
        """The verdict on its value."""
        return (yield from self._ask(oper, self._value, execution))


def of_placeholder(name: str, execution: Execution) -> Steps[ConditionType | None]:
    """The condition on this placeholder, or None where there is no such placeholder."""
    value = yield from execution.read(name)
    if value is None and name not in execution.scope:
        value = yield from _custom_field(name, execution)
        if value is None:
            return None
    return OnPlaceholder(name, value, _asking(name, execution))


def _custom_field(name: str, execution: Execution) -> Steps[Any]:
    """``worker_custom_5`` is also the item 5 of the map ``worker_custom``."""
    owner, _, number_of = name.rpartition("_")
    if not number_of.isdecimal() or not owner.endswith("custom"):
        return None
    fields = yield from execution.read(owner)
    return fields.get(number_of, "") if isinstance(fields, Mapping) else ""


def _asking(name: str, execution: Execution) -> Asking:
    for operand, ask in _BY_OPERAND.items():
        if operand in execution.params:
            return ask
    variable = execution.behavior.variable(name)
    if variable is not None and (variable.type in {"N", "W", "L"} or variable.holds_records):
        return number
    return number if execution.param("oper").lstrip("!") in {"gt", "lt"} else text


def text(oper: str, value: Any, execution: Execution) -> Steps[Verdict | None]:
    """A line or lines of text. The operand is no template."""
    yield from ()
    return compare_text(oper, as_text(value), execution.param("value"), execution)


def number(oper: str, value: Any, execution: Execution) -> Steps[Verdict | None]:
    """A whole number, or how many records a list holds."""
    yield from ()
    return compare_number(oper, as_number(value), whole_number(execution.param("value")))


def checkbox(_oper: str, value: Any, execution: Execution) -> Steps[Verdict | None]:
    """Whether it is set, or not."""
    yield from ()
    wanted = is_true(execution.param("bool"))
    return Verdict(is_true(value) is wanted, is_true(value), wanted)


def date(_oper: str, value: Any, execution: Execution) -> Steps[Verdict | None]:
    """Between two dates; a ``to`` before ``from`` means a day later."""
    start = whole_number((yield from execution.timestamp(execution.param("from"))))
    end = whole_number((yield from execution.timestamp(execution.param("to"))))
    end = end + 86400 if end < start else end
    return Verdict(start <= whole_number(value) <= end, value, [start, end])


def choice(oper: str, value: Any, execution: Execution) -> Steps[Verdict | None]:
    """One of a few values."""
    yield from ()
    return compare_list(oper, value, _listed(execution.params["values"]))


def worker(oper: str, value: Any, execution: Execution) -> Steps[Verdict | None]:
    """One of these people; nobody asked for is nobody there."""
    yield from ()
    wanted = _listed(execution.params["worker_id"])
    found = value if isinstance(value, list) else [value] if is_true(value) else []
    if not wanted and not found:
        return Verdict(passed=True, actual=found, expected=wanted)
    return compare_list(oper if oper != "is" else "in", found, wanted)


def _listed(given: Any) -> list[Any]:
    if isinstance(given, Mapping):
        return list(given.values())
    return list(given) if isinstance(given, list | tuple) else [given]


_BY_OPERAND: Mapping[str, Asking] = {
    "values": choice,
    "worker_id": worker,
    "bool": checkbox,
    "from": date,
}
