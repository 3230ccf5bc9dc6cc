"""PHP's ``date()`` letters.

https://www.php.net/manual/en/datetime.format.php
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


def format_date(moment: datetime, pattern: str) -> str:
    r"""Format an aware moment.

    >>> from datetime import UTC
    >>> format_date(datetime(2017, 12, 2, 17, 5, tzinfo=UTC), "D, jS F Y g:ia \\a\\t T P")
    'Sat, 2nd December 2017 5:05pm at UTC +00:00'
    """
    out: list[str] = []
    escaped = False
    for letter in pattern:
        if escaped:
            out.append(letter)
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter in _LETTERS:
            out.append(_LETTERS[letter](moment))
        else:
            out.append(letter)
    return "".join(out)


def suffix(day: int) -> str:
    """st, nd, rd or th."""
    if day in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def offset(moment: datetime, colon: str) -> str:
    """+0200, or +02:00 with a colon."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{colon}{rest:02}"


def _zone_name(moment: datetime) -> str:
    return str(getattr(moment.tzinfo, "key", None) or moment.tzname() or "UTC")


def _zone_short(moment: datetime) -> str:
    name = moment.tzname() or ""
    return name if name.isalpha() else offset(moment, ":")


def _swatch(moment: datetime) -> str:
    seconds = int(moment.timestamp()) + 3600
    return f"{int(seconds % 86400 / 86.4):03}"


def _hour12(moment: datetime) -> int:
    return moment.hour % 12 or 12


_LETTERS: Final[dict[str, Callable[[datetime], str]]] = {
    "d": lambda m: f"{m.day:02}",
    "D": lambda m: DAYS[m.weekday()][:3],
    "j": lambda m: str(m.day),
    "l": lambda m: DAYS[m.weekday()],
    "N": lambda m: str(m.isoweekday()),
    "S": lambda m: suffix(m.day),
    "w": lambda m: str(m.isoweekday() % 7),
    "z": lambda m: str(m.timetuple().tm_yday - 1),
    "W": lambda m: f"{m.isocalendar().week:02}",
    "F": lambda m: MONTHS[m.month - 1],
    "M": lambda m: MONTHS[m.month - 1][:3],
    "m": lambda m: f"{m.month:02}",
    "n": lambda m: str(m.month),
    "t": lambda m: str(monthrange(m.year, m.month)[1]),
    "L": lambda m: str(int(isleap(m.year))),
    "o": lambda m: str(m.isocalendar().year),
    "Y": lambda m: f"{m.year:04}",
    "y": lambda m: f"{m.year % 100:02}",
    "a": lambda m: "am" if m.hour < 12 else "pm",
    "A": lambda m: "AM" if m.hour < 12 else "PM",
    "B": _swatch,
    "g": lambda m: str(_hour12(m)),
    "h": lambda m: f"{_hour12(m):02}",
    "G": lambda m: str(m.hour),
    "H": lambda m: f"{m.hour:02}",
    "i": lambda m: f"{m.minute:02}",
    "s": lambda m: f"{m.second:02}",
    "u": lambda m: f"{m.microsecond:06}",
    "v": lambda m: f"{m.microsecond // 1000:03}",
    "e": _zone_name,
    "I": lambda m: str(int(bool(m.dst()))),
    "O": lambda m: offset(m, ""),
    "P": lambda m: offset(m, ":"),
    "p": lambda m: "Z" if m.utcoffset() == timedelta() else offset(m, ":"),
    "T": _zone_short,
    "Z": lambda m: str(int((m.utcoffset() or timedelta()).total_seconds())),
    "c": lambda m: format_date(m, r"Y-m-d\TH:i:sP"),
    "r": lambda m: format_date(m, "D, d M Y H:i:s O"),
    "U": lambda m: str(int(m.timestamp() // 1)),
}
