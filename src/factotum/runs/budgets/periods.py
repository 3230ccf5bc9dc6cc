"""Days and months in UTC, by which spending is counted."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from factotum.runs.limits.refusals import day_end, month_end

PERIODS = {"day": "day", "month": "month"}


@lru_cache(maxsize=8)
def _of_day(number: int) -> tuple[str, str]:
    day = datetime.fromtimestamp(number * 86400, UTC)
    return f"{day:%Y-%m-%d}", f"{day:%Y-%m}"


def day_and_month(now: float) -> tuple[str, str]:
    """``("2026-11-22", "2026-11")``."""
    return _of_day(int(now // 86400))


def period_of(kind: str, now: float) -> str:
    """The day or the month of a time."""
    return day_and_month(now)[kind == "month"]


def end_of(kind: str, now: float) -> float:
    """When that day or month ends, in seconds since 1970."""
    return month_end(now) if kind == "month" else day_end(now)
