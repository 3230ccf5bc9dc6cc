"""One cron pattern on a wall clock that nobody ever changes; ``timetable`` puts it in a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cronsim import CronSim

from factotum.bots.triggers.recurrent import expression_of, pattern_fault
from factotum.core.errors import BadInput

_ANY = datetime(2000, 1, 1)  # noqa: DTZ001  a wall clock has no zone
_EVERY_HOUR = set(range(24))


class Pattern:
    """``minute hour day-of-month month day-of-week`` as Debian's cron reads it.

    BadInput for what is no pattern, and for one that never comes (``0 0 31 2 *``).
    """

    def __init__(self, text: str) -> None:
        fault = pattern_fault(text)
        if fault:
            raise BadInput(fault, fields={"repeat_patterns": fault})
        self._expression = expression_of(text)
        self.is_every_hour = CronSim(self._expression, _ANY).hours == _EVERY_HOUR
        """Whether it goes by elapsed time: it names no hour of the day."""

    def after(self, local: datetime) -> Iterator[datetime]:
        """The wall times after this one, in order; it ends where none comes for 50 years."""
        return iter(CronSim(self._expression, local))

    def told(self) -> str:
        """In words: ``At 08:00 on every day-of-week from Monday through Friday``."""
        return CronSim(self._expression, _ANY).explain()
