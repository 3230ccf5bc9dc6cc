"""Runs wanted later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.actions.control import BEHAVIOR, ON, called, rendered_inputs
from factotum.bots.effects import Schedule
from factotum.bots.targets import targets_of
from factotum.core.errors import BadInput
from factotum.core.fields import Choice, Fields, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps


@action_types.add("_schedule_behavior")
class ScheduleBehavior(ActionType):
    """``run_date`` is a date as a person writes it: ``+2 days``, ``Friday 8am``."""

    key = "_schedule_behavior"
    label = "Behavior schedule"
    fields: ClassVar[Fields] = Fields(
        ON,
        BEHAVIOR,
        Text(key="run_date", label="When", required=True),
        Choice(
            key="on_dupe",
            label="If it is scheduled already",
            options={
                "": "Schedule another",
                "first": "Keep the earliest",
                "last": "Keep the latest",
            },
        ),
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Ask for the later run, once per target."""
        behavior = yield from called(execution)
        inputs = yield from rendered_inputs(behavior, execution)
        when = yield from execution.timestamp((yield from execution.fill("run_date", "now")))
        if not isinstance(when, int):
            raise BadInput("No date is given for the later run. Write it like “+2 days”.")
        targets = yield from targets_of(behavior, execution)
        for index, target in enumerate(targets):
            yield Schedule(
                path=_path(execution, index, targets),
                behavior_id=str(behavior.id),
                run_at=when,
                on_dupe=execution.param("on_dupe"),
                values={**inputs, "on": target["id"]},
            )
        return None


@action_types.add("_unschedule_behavior")
class UnscheduleBehavior(ActionType):
    """Forgets the later runs of a behavior."""

    key = "_unschedule_behavior"
    label = "Behavior unschedule"
    fields: ClassVar[Fields] = Fields(ON, BEHAVIOR)

    def run(self, execution: Execution) -> Steps[After | None]:
        """Forget them, once per target."""
        behavior = yield from called(execution)
        targets = yield from targets_of(behavior, execution)
        for index, target in enumerate(targets):
            yield Schedule(
                path=_path(execution, index, targets),
                behavior_id=str(behavior.id),
                run_at=None,
                values={"on": target["id"]},
            )
        return None


def _path(execution: Execution, index: int, targets: list[dict[str, Any]]) -> str:
    """Each target's own: what is done of a run is known by its path."""
    return f"{execution.path}[{index}]" if len(targets) > 1 else execution.path
