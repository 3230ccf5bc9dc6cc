"""The one place that asks conditions and notes how they came out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from factotum.bots.conditions.condition_type import ConditionType, Verdict, condition_types
from factotum.bots.conditions.placeholder import of_placeholder
from factotum.bots.effects import Note

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps

_loaded = False


def load_conditions() -> None:
    """Import every condition of this folder and of installed plug-ins, once."""
    global _loaded  # noqa: PLW0603 - importing is done once per process
    if not _loaded:
        condition_types.find_in("factotum.bots.conditions")
        condition_types.find_entry_points("factotum.conditions")
        _loaded = True


def condition_for(key: str) -> ConditionType | None:
    """The condition with that id, or None."""
    load_conditions()
    return condition_types[key]() if key in condition_types else None


def passes(key: str, execution: Execution) -> Steps[bool]:
    """Ask one condition and note its outcome with what was compared.

    An id that is no condition and no placeholder is false, whatever its operator, with a warning.
    """
    condition = condition_for(key) or (yield from _on_placeholder(key, execution))
    oper = execution.param("oper", "is").strip()
    negated = oper.startswith("!")
    verdict = None
    if condition is not None:
        verdict = yield from condition.run(oper.lstrip("!"), execution)
    if verdict is None:
        yield from execution.warn(_unknown(key, oper, known=condition is not None))
        verdict, negated = Verdict(passed=False), False
    passed = verdict.passed is not negated
    yield Note(
        path=execution.path,
        kind="condition",
        title=condition.label if condition is not None else key,
        status="passed" if passed else "not-passed",
        data={
            "condition": key,
            "oper": oper,
            "actual": verdict.actual,
            "expected": verdict.expected,
        },
    )
    return passed


def _on_placeholder(key: str, execution: Execution) -> Steps[ConditionType | None]:
    """The generic condition on a placeholder (``var_priority``, ``worker_first_name``)."""
    if re.match(r"_|.*\.", key) and key not in execution.scope:
        return None
    return (yield from of_placeholder(key, execution))


def _unknown(key: str, oper: str, *, known: bool) -> str:
    if known:
        return f"The condition {key} cannot be asked with “{oper}”; it counts as false."
    return f"There is no condition {key}; it counts as false."
