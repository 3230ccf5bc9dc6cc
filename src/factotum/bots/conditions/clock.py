"""Conditions on the time, in the run's time zone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from factotum.bots.conditions.comparing import compare_list, compare_number
from factotum.bots.conditions.condition_type import ConditionType, Verdict, condition_types
from factotum.bots.variables import whole_number

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps


def _now(execution: Execution) -> Steps[datetime]:
    moment = yield from execution.clock.read()
    return moment.at.astimezone(ZoneInfo(execution.interpreter.timezone))


def _among(actual: int, oper: str, wanted: object) -> Verdict | None:
    values = wanted if isinstance(wanted, list | tuple) else [wanted]
    return (
        compare_list("in", actual, [whole_number(one) for one in values]) if oper == "is" else None
    )


@condition_types.add("_day_of_week")
class DayOfWeek(ConditionType):
    """``day[]``: 1 is Monday, 7 is Sunday."""

    key = "_day_of_week"
    label = "Day of week"

    def run(self, oper: str, execution: Execution) -> Steps[Verdict | None]:
        """Whether today is one of the days."""
        now = yield from _now(execution)
        return _among(now.isoweekday(), oper, execution.params.get("day", ()))


@condition_types.add("_month_of_year")
class MonthOfYear(ConditionType):
    """``month[]``: 1 is January."""

    key = "_month_of_year"
    label = "Month of year"

    def run(self, oper: str, execution: Execution) -> Steps[Verdict | None]:
        """Whether this is one of the months."""
        now = yield from _now(execution)
        return _among(now.month, oper, execution.params.get("month", ()))


@condition_types.add("_day_of_month")
class DayOfMonth(ConditionType):
    """``oper`` is, gt, lt and a ``value`` from 1 to 31."""

    key = "_day_of_month"
    label = "Day of month"

    def run(self, oper: str, execution: Execution) -> Steps[Verdict | None]:
        """Today's day compared with the value."""
        now = yield from _now(execution)
        return compare_number(oper, now.day, whole_number(execution.param("value")))


@condition_types.add("_time_of_day")
class TimeOfDay(ConditionType):
    """``from`` and ``to`` (``8am``, ``17:30``); a ``to`` before ``from`` is on the next day."""

    key = "_time_of_day"
    label = "Time of day"

    def run(self, oper: str, execution: Execution) -> Steps[Verdict | None]:
        """Whether now is between the two."""
        if oper not in {"between", "is"}:
            return None
        now = yield from _now(execution)
        start = yield from execution.timestamp(execution.param("from", "now"))
        end = yield from execution.timestamp(execution.param("to", "now"))
        first, last = whole_number(start), whole_number(end)
        at = int(now.timestamp())
        over_midnight = last < first
        passed = (at >= first or at <= last) if over_midnight else first <= at <= last
        return Verdict(
            passed, now.strftime("%H:%M"), [execution.param("from"), execution.param("to")]
        )
