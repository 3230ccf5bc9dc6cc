"""The action that sets a behavior's variable: to a value, or to the records that a search finds."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.effects import FindRecords
from factotum.bots.record_names import known_type, not_kept
from factotum.bots.variables import convert, whole_number
from factotum.core.errors import BehaviorFault
from factotum.core.fields import Choice, Fields, LongText, Number, Text

if TYPE_CHECKING:
    from factotum.bots.behavior import Behavior, Variable
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps
    from factotum.bots.nodes import Step

QUICK = "quick_search"
PICK = "mode"


@action_types.add("var_*")
class SetVariable(ActionType):
    """``var_NAME`` sets the variable of that name, converted by its type.

    A list of records is searched: ``limit`` first, last or random keeps ``limit_count`` of those
    found, ``mode`` replace, add or subtract says what becomes of those it held.
    """

    key = "var_*"
    label = "Set a variable"
    fields: ClassVar[Fields] = Fields(
        Text(key="value", label="Value"),
        LongText(key=QUICK, label="Search"),
        Choice(
            key="limit",
            label="Keep",
            options={"": "All", "first": "The first", "last": "The last", "random": "At random"},
        ),
        Number(key="limit_count", label="How many", default=10),
        Choice(
            key="mode",
            label="What it held",
            options={"replace": "Replace", "add": "Add to it", "subtract": "Take away"},
        ),
    )

    def not_available(self, step: Step, behavior: Behavior) -> str:
        """Lists of records that are not kept here, and ways to choose that are not there yet."""
        variable = behavior.variable(step.key)
        return _not_available(variable, step.params) if variable is not None else ""

    def run(self, execution: Execution) -> Steps[After | None]:
        """Render the value or the search and set the variable."""
        variable = execution.behavior.variable(execution.key)
        if variable is None:
            raise BehaviorFault(
                f"The behavior has no variable {execution.key}.", code="unknown-variable"
            )
        if sentence := _not_available(variable, execution.params):
            raise BehaviorFault(sentence, code="not-available")
        if variable.holds_records and QUICK in execution.params:
            found = yield from _found(variable, execution)
            execution.set(variable.key, found)
            return None
        text = yield from execution.fill("value")
        execution.scope.update((yield from convert(variable, text, execution)))
        return None


def _not_available(variable: Variable, params: Mapping[str, Any]) -> str:
    if variable.holds_records:
        if sentence := not_kept(variable.context):
            return sentence
        if params.get("search_mode", QUICK) not in {QUICK, ""}:
            return "Searching by the filters of a worklist is not available yet."
    elif variable.type == "W" and PICK in params:
        return "Picking a worker is not available yet."
    return ""


def _found(variable: Variable, execution: Execution) -> Steps[dict[str, Any]]:
    context = variable.context or (yield from _context(execution))
    if sentence := not_kept(context):
        raise BehaviorFault(sentence, code="not-available")
    kind = known_type(context)
    query = yield from execution.fill(QUICK)
    found = yield FindRecords(path=execution.path, type=kind, query=query)
    moment = yield from execution.clock.read()
    held = execution.scope.get(variable.key)
    return _merged(
        held if isinstance(held, dict) else {},
        _kept({str(key): record for key, record in found.items()}, execution, moment.seed),
        execution.param("mode", "replace"),
    )


def _context(execution: Execution) -> Steps[str]:
    """The type of the records, which may stand in another variable."""
    name = execution.param("context")
    if name not in execution.scope:
        return name
    context = str((yield from execution.read(name)) or "")
    if not context:
        raise BehaviorFault(f"{name} names no record type.", code="unknown-record-type")
    return context


def _kept(found: dict[str, Any], execution: Execution, seed: int) -> dict[str, Any]:
    count = max(0, whole_number(execution.param("limit_count", "10")))
    keys = list(found)
    match execution.param("limit"):
        case "first":
            keys = keys[:count]
        case "last":
            keys = keys[-count:] if count else []
        case "random":
            keys = random.Random(seed).sample(keys, min(count, len(keys)))
    return {key: found[key] for key in keys}


def _merged(held: dict[str, Any], found: dict[str, Any], mode: str) -> dict[str, Any]:
    if mode == "add":
        return held | found
    if mode == "subtract":
        return {key: record for key, record in held.items() if key not in found}
    return found
