"""The time between two dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.variables import whole_number
from factotum.core.errors import BadInput
from factotum.core.fields import Fields, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps


@action_types.add("core.bot.action.calculate_time_elapsed")
class TimeElapsed(ActionType):
    """Seconds between two dates, around the clock; counting a calendar's hours only is refused."""

    key = "core.bot.action.calculate_time_elapsed"
    label = "Get time elapsed using calendar availability"
    fields: ClassVar[Fields] = Fields(
        Text(key="calendar_id", label="Calendar"),
        Text(key="date_from", label="From", required=True),
        Text(key="date_to", label="To", required=True),
        Text(key="placeholder", label="Save to a placeholder", default="_time_elapsed"),
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Count the seconds into a placeholder."""
        calendar = (yield from execution.fill("calendar_id")).strip()
        if calendar not in {"", "0"}:
            raise BadInput(
                f"The hours of calendar {calendar} cannot be counted: there are no calendars here "
                "yet. Leave the calendar empty to count around the clock.",
                code="no-calendars",
            )
        start = yield from execution.timestamp((yield from execution.fill("date_from", "now")))
        end = yield from execution.timestamp((yield from execution.fill("date_to", "now")))
        seconds = max(whole_number(end) - whole_number(start), 0)
        execution.set(execution.param("placeholder").strip() or "_time_elapsed", seconds)
        return None
