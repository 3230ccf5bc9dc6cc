"""PHP's dates in words: ``+2 days``, ``tomorrow 8am``, ``first monday of next month``.

https://www.php.net/manual/en/datetime.formats.php

A text is read piece by piece; each piece notes what it says, and ``_Reading.moment`` puts that
together: the date and time named, then the relative parts, then the weekday. Where PHP forgets a
time that stands before ``tomorrow`` or a weekday (``8am tomorrow``), we keep it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from factotum.scripting.date_format import DAYS, MONTHS

_MAX_TEXT = 200
_MONTH = {
    name: place + 1
    for place, month in enumerate(MONTHS)
    for name in (month.lower(), month[:3].lower())
} | {"sept": 9}
_DAY = {
    name: place for place, day in enumerate(DAYS) for name in (day.lower(), day[:3].lower())
} | {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_ORDINALS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth",
    "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
)  # fmt: skip
_COUNT = {name: place + 1 for place, name in enumerate(_ORDINALS)} | {
    "next": 1, "last": -1, "previous": -1, "this": 0,
}  # fmt: skip
_UNITS = {
    "microsecond": ("microseconds", 1), "msec": ("microseconds", 1000),
    "millisecond": ("microseconds", 1000), "ms": ("microseconds", 1000),
    "second": ("seconds", 1), "sec": ("seconds", 1), "minute": ("seconds", 60),
    "min": ("seconds", 60), "hour": ("seconds", 3600), "day": ("days", 1), "week": ("days", 7),
    "fortnight": ("days", 14), "forthnight": ("days", 14), "month": ("months", 1),
    "year": ("months", 12), "weekday": ("weekdays", 1),
}  # fmt: skip
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 60, "cet": 60, "cest": 120, "eet": 120,
    "eest": 180, "msk": 180, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420,
    "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "jst": 540,
}  # fmt: skip


def read_date(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment that words mean, seen from ``now`` in ``zone``; None if they mean none.

    A number is seconds since 1970, as Twig takes it; also after ``@``.

    >>> now = datetime(2017, 12, 12, 11, 50, tzinfo=UTC)
    >>> [str(read_date(w, now, UTC)) for w in ("tomorrow 5pm", "first monday of next month", "x")]
    ['2017-12-13 17:00:00+00:00', '2018-01-01 00:00:00+00:00', 'None']
    """
    text = words.strip().lower()
    try:
        if re.fullmatch(r"-?\d+", text, re.ASCII):
            return datetime.fromtimestamp(int(text), zone)
        reading = _Reading(now.astimezone(zone), zone)
        if not text or len(text) > _MAX_TEXT or not reading.read(text):
            return None
        return reading.moment()
    except (ValueError, OverflowError, OSError):
        return None


class _Reading:
    """What a text has said so far."""

    def __init__(self, now: datetime, zone: tzinfo) -> None:
        self.now, self.zone = now, zone
        self.year: int | None = None
        self.month: int | None = None
        self.day: int | None = None
        self.time: time | None = None
        self.midnight = False
        self.exact: datetime | None = None
        self.days = self.months = self.weekdays = 0
        self.elapsed = timedelta()
        self.weekday: tuple[int, int] | None = None
        self.week_of: int | None = None
        self.day_of: str = ""
        self.nth: tuple[int, int] | None = None

    def read(self, text: str) -> bool:
        """Take the whole text in; False at a piece that means nothing."""
        at = 0
        while at < len(text):
            for pattern, note in _PIECES:
                match = pattern.match(text, at)
                if match is not None and note(self, match) is not False:
                    at = match.end()
                    break
            else:
                return False
        return True

    def moment(self) -> datetime:
        """All that was said, put together."""
        start = self.exact.astimezone(self.zone) if self.exact else self.now
        dated = self.year is not None or self.month is not None or self.day is not None
        clock = self.time
        if clock is None:
            clock = time() if self.midnight or dated else start.timetz().replace(tzinfo=None)
        day = self._day(start)
        local = datetime.combine(day, clock, tzinfo=self.zone)
        if not self.elapsed:
            return local.astimezone(UTC).astimezone(self.zone)
        return (local.astimezone(UTC) + self.elapsed).astimezone(self.zone)

    def _day(self, start: datetime) -> date:
        year = start.year if self.year is None else self.year
        month = start.month if self.month is None else self.month
        day = start.day if self.day is None else self.day
        months = year * 12 + month - 1 + self.months
        first = date(months // 12, months % 12 + 1, 1)
        if self.nth is not None:
            return _nth_weekday(first, *self.nth) + timedelta(self.days)
        if self.day_of == "first":
            return first + timedelta(self.days)
        if self.day_of == "last":
            return _last_of_month(first) + timedelta(self.days)
        found = first + timedelta(day - 1 + self.days)
        return self._on_weekday(_by_weekdays(found, self.weekdays))

    def _on_weekday(self, day: date) -> date:
        if self.week_of is not None:
            monday = day - timedelta(day.weekday()) + timedelta(7 * self.week_of)
            kept = day.weekday() if self.weekday is None else self.weekday[0]
            return monday + timedelta(kept)
        if self.weekday is None:
            return day
        wanted, count = self.weekday
        ahead = (wanted - day.weekday()) % 7
        if count > 0:
            return day + timedelta((ahead or 7) + 7 * (count - 1))
        if count < 0:
            return day - timedelta(((-ahead) % 7 or 7) + 7 * (-count - 1))
        return day + timedelta(ahead)

    # One method a kind of piece

    def blank(self, match: re.Match[str]) -> None:
        """White space, commas, and words that add nothing."""

    def stamp(self, match: re.Match[str]) -> None:
        """@1513108417.5"""
        self.exact = datetime.fromtimestamp(0, UTC) + timedelta(seconds=float(match[1]))

    def named_day(self, match: re.Match[str]) -> None:
        """now, today, midnight, noon, tomorrow, yesterday"""
        word = match[1]
        if word == "noon":
            self.time = time(12)
        elif word != "now":
            self.midnight = True
            self.days += {"tomorrow": 1, "yesterday": -1}.get(word, 0)

    def ymd(self, match: re.Match[str]) -> bool | None:
        """Year, month and day as the groups y, m, d; any may be missing."""
        found = match.groupdict()
        if found.get("y"):
            year = int(found["y"])
            self.year = year if len(found["y"]) > 2 else year + (1900 if year >= 70 else 2000)
        month = found.get("m") or ""
        if month:
            number = int(month) if month.isdigit() else _MONTH[month]
            if not 1 <= number <= 12:
                return False
            self.month = number
        if found.get("d"):
            day = int(found["d"])
            if not 0 <= day <= 31:
                return False
            self.day = day
        elif month and found.get("y"):
            self.day = self.day or 1
        return None

    def clock(self, match: re.Match[str]) -> bool | None:
        """8am, 8:30 pm, 16:00:05.25, T163000"""
        found = match.groupdict()
        hour = int(found["h"])
        half = (found.get("half") or "")[:1]
        if half and not 1 <= hour <= 12:
            return False
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour == 24:
            hour, self.days = 0, self.days + 1
        self.time = time(
            hour, int(found.get("i") or 0), min(int(found.get("s") or 0), 59),
            int((found.get("f") or "").ljust(6, "0")[:6]),
        )  # fmt: skip
        return None

    def offset(self, match: re.Match[str]) -> bool | None:
        """+02:00, GMT-5"""
        if match["zone"] is None and self.time is None:
            return False
        minutes = int(match["hh"]) * 60 + int(match["mm"] or 0)
        self._move_to(timezone(timedelta(minutes=-minutes if match["sign"] == "-" else minutes)))
        return None

    def zone_word(self, match: re.Match[str]) -> bool | None:
        """UTC, PST, Europe/Berlin"""
        word = match[0]
        if word in _ZONES:
            minutes = _ZONES[word]
            zone = timezone(timedelta(minutes=minutes), word.upper()) if word != "utc" else UTC
            self._move_to(zone if minutes else UTC)
            return None
        if "/" not in word:
            return False
        place = "/".join(
            "_".join(p.capitalize() for p in part.split("_")) for part in word.split("/")
        )
        try:
            self._move_to(ZoneInfo(place))
        except (KeyError, OSError):
            return False
        return None

    def _move_to(self, zone: tzinfo) -> None:
        self.zone = zone
        self.now = self.now.astimezone(zone)

    def counted(self, match: re.Match[str]) -> bool | None:
        """+2 days, 3 weeks ago, next month, third friday"""
        sign = -1 if match["sign"] and match["sign"].count("-") % 2 else 1
        count = sign * int(match["count"]) if match["count"] else _COUNT[match["word"]]
        if match["ago"]:
            count = -count
        unit = match["unit"]
        if unit in _DAY:
            self.weekday, self.midnight = (_DAY[unit], count), True
            return None
        name = unit if unit in _UNITS else unit.removesuffix("s")
        if name == "week" and match["word"] in {"next", "last", "previous", "this"}:
            self.week_of = count
            return None
        return self._relative(*_UNITS[name], count)

    def _relative(self, kind: str, size: int, count: int) -> bool | None:
        if abs(count) > 10**9:
            return False
        if kind == "months":
            self.months += size * count
        elif kind == "days":
            self.days += size * count
        elif kind == "weekdays":
            self.weekdays += count
        else:
            self.elapsed += timedelta(**{kind: size * count})
        return None

    def weekday_word(self, match: re.Match[str]) -> None:
        """Friday"""
        self.weekday, self.midnight = (_DAY[match[1]], 0), True

    def day_of_month(self, match: re.Match[str]) -> None:
        """First day of, last day of"""
        self.day_of = match[1]

    def weekday_of_month(self, match: re.Match[str]) -> None:
        """Third friday of, last monday of"""
        self.nth, self.midnight = (_COUNT[match[1]], _DAY[match[2]]), True


def _nth_weekday(first: date, count: int, weekday: int) -> date:
    if count < 0:
        last = _last_of_month(first)
        return last - timedelta((last.weekday() - weekday) % 7)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (count - 1))


def _last_of_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)


def _by_weekdays(day: date, count: int) -> date:
    if abs(count) > 10_000:
        raise ValueError
    step = timedelta(1 if count > 0 else -1)
    while count:
        day += step
        if day.weekday() < 5:
            count -= 1 if count > 0 else -1
    return day


def _any(words: object) -> str:
    return "|".join(sorted((re.escape(str(word)) for word in words), key=len, reverse=True))  # type: ignore[attr-defined]


Note = Callable[[_Reading, "re.Match[str]"], "bool | None"]
_M, _D = _any(_MONTH), _any(_DAY)
_UNIT = f"(?:{_any(_UNITS)})s?|{_D}"
_HALF = r"(?P<half>[ap]\.?m\.?)(?![a-z])"
_CLOCK = r"(?P<h>\d{1,2})[:.](?P<i>[0-5]\d)(?:[:.](?P<s>[0-5]\d|60)(?:[.,](?P<f>\d{1,9}))?)?"
_TH = r"(?:st|nd|rd|th)?"
_COUNTED = (
    rf"(?P<sign>[+-]*)\s*(?:(?P<count>\d{{1,10}})\s*|(?P<word>{_any(_COUNT)})\s+)"
    rf"(?P<unit>{_UNIT})\b(?P<ago>\s+ago\b)?"
)
_PIECES: Final[list[tuple[re.Pattern[str], Note]]] = [
    (re.compile(pattern, re.ASCII), note)
    for pattern, note in (
        (r"[\s,]+|(?:at|on|and|the)\s", _Reading.blank),
        (r"@(-?\d{1,15}(?:\.\d{1,6})?)", _Reading.stamp),
        (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?=t|\s|$)", _Reading.ymd),
        (r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?!\d)", _Reading.ymd),
        (rf"(?P<y>\d{{4}})-(?P<m>{_M})-(?P<d>\d{{1,2}})(?!\d)", _Reading.ymd),
        (r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d\d)(?!\d)", _Reading.ymd),
        (r"(?P<d>\d{1,2})[-.](?P<m>\d{1,2})[-.](?P<y>\d{4})(?!\d)", _Reading.ymd),
        (rf"(?P<d>\d{{1,2}}){_TH}[ .\t-]*(?P<m>{_M})\b[ .,\t-]*(?P<y>\d{{4}})(?![\d:])",
         _Reading.ymd),
        (rf"(?P<m>{_M})\b[ .\t-]*(?P<d>\d{{1,2}}){_TH}(?![\d:])[ .,\t-]+(?P<y>\d{{4}})(?![\d:])",
         _Reading.ymd),
        (r"(?P<y>\d{4})-(?P<m>\d\d)(?!\d)", _Reading.ymd),
        (r"(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])", _Reading.ymd),
        (rf"{_CLOCK}\s*{_HALF}", _Reading.clock),
        (rf"(?P<h>\d{{1,2}})\s*{_HALF}", _Reading.clock),
        (rf"t?{_CLOCK}(?!\d)", _Reading.clock),
        (r"t(?P<h>\d\d)(?P<i>[0-5]\d)(?P<s>[0-5]\d)?(?!\d)", _Reading.clock),
        (rf"(?P<m>{_M})\b[ .\t-]*(?P<d>\d{{1,2}}){_TH}(?![\d:])", _Reading.ymd),
        (rf"(?P<d>\d{{1,2}}){_TH}[ .\t-]*(?P<m>{_M})\b", _Reading.ymd),
        (rf"(?P<m>{_M})\b[ .,\t-]*(?P<y>\d{{4}})(?![\d:])", _Reading.ymd),
        (rf"(?P<m>{_M})\b", _Reading.ymd),
        (r"(now|today|midnight|noon|tomorrow|yesterday)\b", _Reading.named_day),
        (r"(first|last) day of\b", _Reading.day_of_month),
        (rf"({_any(_COUNT)})\s+({_D})\s+of\b", _Reading.weekday_of_month),
        (_COUNTED, _Reading.counted),
        (rf"({_D})\b\.?", _Reading.weekday_word),
        (r"(?P<zone>gmt|utc)?(?P<sign>[+-])(?P<hh>\d\d?):?(?P<mm>\d\d)?(?!\d)", _Reading.offset),
        (r"[a-z]+(?:/[a-z_]+)*", _Reading.zone_word),
        (r"(?P<y>\d{4})(?![\d/-])", _Reading.ymd),
    )
]  # fmt: skip
