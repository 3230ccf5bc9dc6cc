"""Dates: ``date``, ``date_modify``, ``date_pretty``, ``date_lerp``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from factotum.scripting.date_format import format_date
from factotum.scripting.dates import read_date
from factotum.scripting.families.pretty import span_in_words
from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FILTERS, FUNCTIONS
from factotum.scripting.run import zone_named
from factotum.scripting.values import integer, is_numeric, text

if TYPE_CHECKING:
    from datetime import tzinfo

    from factotum.scripting.run import Run

_DEFAULT = "F j, Y H:i"
_MAX_PATTERN = 1000
_STEPS = {"minute", "hour", "day", "week", "month", "year"}
_SHORTCUTS = {
    "today": ("today", "tomorrow -1 second"),
    "yesterday": ("yesterday", "today -1 second"),
    "this week": ("monday this week", "monday next week -1 second"),
    "last week": ("monday last week", "monday this week -1 second"),
    "next week": ("monday next week", "monday next week +1 week -1 second"),
    "this month": ("first day of this month 00:00", "first day of next month 00:00 -1 second"),
    "last month": ("first day of last month 00:00", "first day of this month 00:00 -1 second"),
    "next month": ("first day of next month 00:00", "first day of +2 months 00:00 -1 second"),
    "this year": ("jan 1 00:00", "jan 1 +1 year 00:00 -1 second"),
    "last year": ("jan 1 -1 year 00:00", "jan 1 00:00 -1 second"),
    "next year": ("jan 1 +1 year 00:00", "jan 1 +2 years 00:00 -1 second"),
}


def moment(run: Run, value: Any, zone: tzinfo | None = None) -> datetime | None:
    """The moment a value means: a datetime, a timestamp, words; null means now, as in Twig."""
    where = zone or run.zone
    if isinstance(value, datetime):
        return value if zone is None else value.astimezone(where)
    if value is None:
        return run.now.astimezone(where)
    if value is False or isinstance(value, (list, dict)):
        return None
    if not isinstance(value, str) and is_numeric(value):
        value = str(integer(value))
    found = read_date(text(value), run.now, where)
    return found if found is None or zone is None else found.astimezone(where)


@FILTERS.add("date")
def date_filter(run: Run, value: Any, format: Any = None, timezone: Any = None) -> str:
    """Format a date with PHP's letters.

    What is no date formats as "0" with ``U`` and as "" otherwise, so that a bot can tell:
    ``{% if 0 == prompt_date %}Please enter a valid date.{% endif %}``.
    """
    pattern = _DEFAULT if format is None else text(format)
    found = moment(run, value, _zone(timezone))
    if len(pattern) > _MAX_PATTERN:
        raise Trouble("A date format is too long.")
    if found is None:
        return "0" if pattern == "U" else ""
    return format_date(found, pattern)


@FUNCTIONS.add("date")
def date_function(run: Run, date: Any = None, timezone: Any = None) -> datetime:
    """A date to calculate with; raises Trouble for what is none."""
    found = moment(run, date, _zone(timezone))
    if found is None:
        raise Trouble(f'"{text(date)[:60]}" is not a date.')
    return found


@FILTERS.add("date_modify")
def date_modify(run: Run, value: Any, modifier: Any) -> datetime | bool:
    """Another date, seen from this one: ``date('now')|date_modify('+2 days')``; false if none."""
    start = moment(run, value)
    if start is None:
        return False
    found = read_date(text(modifier), start, start.tzinfo or UTC)
    return False if found is None else found


@FILTERS.add("date_pretty")
def date_pretty(run: Run, value: Any, is_delta: Any = False) -> str:
    """A timestamp seen from now: "18 years ago", "in 2 hours", "just now"; nothing for none."""
    if value is None or value == "":
        return ""
    if is_delta:
        seconds = integer(value)
    else:
        found = moment(run, value)
        if found is None:
            return ""
        seconds = int((run.now - found).total_seconds())
    if not seconds:
        return "just now"
    words = span_in_words(abs(seconds))
    return f"{words} ago" if seconds > 0 else f"in {words}"


@FUNCTIONS.add("date_lerp")
def date_lerp(
    run: Run, date_range: Any, unit: Any = "day", step: Any = 1, limit: Any = 10000
) -> list[int]:
    """Timestamps between two dates: ``date_lerp('-7 days to now', unit='day')``, ``'this month'``."""
    words = text(date_range).strip().lower()
    first, _, last = words.partition(" to ")
    first, last = _SHORTCUTS.get(words, (first, last or "now"))
    start, end = moment(run, first), moment(run, last)
    name, by = text(unit).lower().removesuffix("s"), integer(step)
    if start is None or end is None or name not in _STEPS or by < 1:
        raise Trouble("date_lerp takes a range of dates, a unit of time and a step.")
    most = min(integer(limit), 10000)
    found: list[int] = []
    while len(found) < most:
        run.tick()
        at = read_date(f"+{by * len(found)} {name}s", start, start.tzinfo or UTC)
        if at is None or at > end:
            break
        found.append(int(at.timestamp()))
    return found


def _zone(timezone: Any) -> tzinfo | None:
    return None if timezone in (None, False, "") else zone_named(text(timezone))
