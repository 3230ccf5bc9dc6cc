"""Wall times of a zone and the moments they stand for, across daylight saving.

Moments are whole seconds since 1970, wall times are datetimes without a zone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def wall_time(moment: int, zone: ZoneInfo) -> datetime:
    """What a clock on the wall shows then."""
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).replace(tzinfo=None)


def moments_of(local: datetime, zone: ZoneInfo) -> list[int]:
    """When the wall clock shows this: once, twice in an hour that is repeated, else never."""
    found = {_moment(local, zone, fold) for fold in (0, 1)}
    return sorted(each for each in found if wall_time(each, zone) == local)


def first_moment(local: datetime, zone: ZoneInfo) -> int:
    """The first time the wall clock shows this; where it skips it, the moment after the gap.

    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> str(wall_time(first_moment(datetime(2026, 3, 29, 2, 30), berlin), berlin))
    '2026-03-29 03:00:00'
    """
    found = moments_of(local, zone)
    if found:
        return found[0]
    # by the offset from before a gap its wall times lie behind it, by the one after it before it
    return _change_between(_moment(local, zone, 1), _moment(local, zone, 0), zone)


def change_within(moment: int, seconds: int, zone: ZoneInfo) -> int | None:
    """The first moment with another offset from UTC, if one comes so soon."""
    end = moment + seconds
    if _offset(moment, zone) == _offset(end, zone):
        return None
    return _change_between(moment, end, zone)


def just_before(local: datetime) -> datetime:
    """A second earlier on the wall."""
    return local - _SECOND


def _change_between(before: int, after: int, zone: ZoneInfo) -> int:
    """The first moment that has the offset of ``after``."""
    offset = _offset(after, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == offset:
            after = middle
        else:
            before = middle
    return after


def _moment(local: datetime, zone: ZoneInfo, fold: int) -> int:
    return int(local.replace(tzinfo=zone, fold=fold).timestamp())


def _offset(moment: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
