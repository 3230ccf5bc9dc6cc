"""Which records a behavior is run on: the ``on`` of ``_run_behavior`` and ``_schedule_behavior``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from factotum.bots.behavior import Behavior
from factotum.bots.record_names import type_of
from factotum.bots.variables import ids_in
from factotum.core.errors import BehaviorFault

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps

MACRO = "event.macro."
SELF = "_trigger_va_id"


def targets_of(behavior: Behavior, execution: Execution) -> Steps[list[dict[str, Any]]]:
    """A payload for each record that ``on`` names; the bot itself where it names none.

    ``on`` is ``_trigger_va_id``, a placeholder that holds an id (``task_id``), or a variable that
    holds records.
    """
    if not behavior.event.key.startswith(MACRO):
        raise BehaviorFault(
            f"{behavior.title} is no custom behavior: it waits for {behavior.event.key}.",
            code="wrong-event",
        )
    on = execution.param("on", SELF).strip() or SELF
    execution.filled["on"] = on
    if behavior.event.key == f"{MACRO}bot":
        return [{"id": behavior.bot.id}]
    value = yield from execution.read(on)
    kind = "bot" if on == SELF else _type_on(on, value, execution)
    wanted = type_of(behavior.event.key.removeprefix(MACRO))
    if kind and kind != wanted:
        raise BehaviorFault(
            f"{behavior.title} runs on a {wanted}, but {on} is a {kind}.", code="wrong-target"
        )
    return [{"id": one} for one in ids_in(value)]


def _type_on(on: str, value: Any, execution: Execution) -> str:
    """The type of what ``on`` holds, "" where nothing tells."""
    context = execution.scope.get(f"{on.removesuffix('_id')}__context")
    variable = execution.behavior.variable(on)
    if variable is not None and variable.context:
        context = variable.context
    if isinstance(value, Mapping) and "_context" in value:
        context = value["_context"]
    return type_of(str(context)) if context else ""
