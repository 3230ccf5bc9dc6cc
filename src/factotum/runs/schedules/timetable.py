"""When a schedule is due: its patterns in its zone. Moments are whole seconds since 1970.

Daylight saving: a pattern that names hours (``30 2 * * *``, ``0 */2 * * *``) fires each of its wall
times once a day: one that the clock skips at the first moment after the gap, one that it repeats at
the first of the two. A pattern for every hour (``*/15 * * * *``) goes by elapsed time: it fires
whenever the clock on the wall shows one of its times, also in the hour that is repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from factotum.bots.triggers.recurrent import patterns as patterns_in
from factotum.core.errors import BadInput
from factotum.core.zones import zone_fault
from factotum.runs.schedules.pattern import Pattern
from factotum.runs.schedules.zones import (
    change_within,
    first_moment,
    just_before,
    moments_of,
    wall_time,
)

_LONGEST_REPEAT = 3 * 3600  # no zone repeats more of a day than two hours
_SHORTEST_LOOK = 64


class Timetable:
    """Patterns in a zone; a moment that several of them name is one."""

    def __init__(self, patterns: Sequence[str], zone: str = "UTC") -> None:
        self.zone = _zone(zone)
        self.patterns = tuple(Pattern(each) for each in patterns)
        text = "\n".join([self.zone.key, *patterns])
        self.fingerprint = hashlib.sha256(text.encode()).hexdigest()
        """Changes with what it says, and with nothing else."""

    @staticmethod
    def of(params: Mapping[str, Any]) -> Timetable:
        """The one that a recurrent event's params describe; BadInput for a fault in them."""
        return _read(tuple(patterns_in(params)), str(params.get("timezone") or "UTC"))

    def after(self, moment: int) -> int | None:
        """The first moment after this one; None where none comes.

        >>> Timetable(["0 8 * * 1-5"], "America/Los_Angeles").after(1513008000)
        1513094400
        """
        found = [self._next(pattern, moment) for pattern in self.patterns]
        return min((each for each in found if each is not None), default=None)

    def all_after(self, moment: int) -> Iterator[int]:
        """Every moment after this one, in order."""
        following = self.after(moment)
        while following is not None:
            yield following
            following = self.after(following)

    def last_until(self, moment: int, count: int, since: int) -> list[int]:
        """The last ``count`` moments up to and with this one, none before ``since``, in order."""
        look = _SHORTEST_LOOK
        while True:
            start = max(since, moment - look)
            found = list(self._between(start - 1, moment))
            if len(found) >= count or start == since:
                return found[-count:]
            look *= 2

    def _between(self, after: int, until: int) -> Iterator[int]:
        for each in self.all_after(after):
            if each > until:
                return
            yield each

    def _next(self, pattern: Pattern, moment: int) -> int | None:
        try:
            by_rule = self._by_elapsed_time if pattern.is_every_hour else self._by_wall_time
            return by_rule(pattern, moment)
        except OverflowError:  # the calendar ends with the year 9999
            return None

    def _by_wall_time(self, pattern: Pattern, moment: int) -> int | None:
        for local in pattern.after(wall_time(moment, self.zone)):
            found = first_moment(local, self.zone)
            if found > moment:
                return found
        return None

    def _by_elapsed_time(self, pattern: Pattern, moment: int) -> int | None:
        start = wall_time(moment, self.zone)
        change = change_within(moment, _LONGEST_REPEAT, self.zone)
        if change is not None:
            # what comes before the change is found from here, the rest from where the clock then is
            found = self._shown(pattern, start, moment)
            if found is not None and found < change:
                return found
            start = just_before(wall_time(change, self.zone))
        return self._shown(pattern, start, moment)

    def _shown(self, pattern: Pattern, start: datetime, moment: int) -> int | None:
        for local in pattern.after(start):
            for found in moments_of(local, self.zone):
                if found > moment:
                    return found
        return None


@lru_cache(maxsize=1024)
def _read(patterns: tuple[str, ...], zone: str) -> Timetable:
    return Timetable(patterns, zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name.strip())
    except (ValueError, OSError, KeyError):
        raise BadInput(zone_fault(name)) from None
