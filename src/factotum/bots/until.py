"""Until when something waits, in words or in seconds."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from math import ceil

from factotum.core.errors import BadInput
from factotum.scripting.dates import read_date

LONGEST = timedelta(days=400)
DATES_FROM = 10**9  # seconds since 1970: from here on a number is a date, before it a length
WRITE_IT = "Write it like “10 minutes”, “tomorrow 9am”, “2026-05-31 08:00” or, in seconds, “90”."


def end_of(words: str, now: datetime, zone: tzinfo) -> int:
    """When a wait ends that begins now, in seconds since 1970.

    BadInput where the words mean no time, or one that is too far away.

    >>> end_of("10 minutes", datetime.fromtimestamp(0, UTC), UTC)
    600
    >>> end_of("90", datetime.fromtimestamp(0, UTC), UTC)
    90
    """
    text = words.strip()
    if not text:
        raise BadInput(f"It does not say how long to wait. {WRITE_IT}", code="no-delay")
    is_seconds = text.isascii() and text.isdigit() and len(text) < len(str(DATES_FROM))
    found = read_date(f"+{text} seconds" if is_seconds else text, now, zone)
    if found is None:
        shown = text if len(text) <= 60 else f"{text[:60]}…"
        raise BadInput(f"“{shown}” is no time to wait for. {WRITE_IT}", code="no-delay")
    if found > now + LONGEST:
        raise BadInput(
            f"“{text}” is more than {LONGEST.days} days away, the most that a run may wait here. "
            "Choose a time before that.",
            code="too-long",
        )
    return ceil(found.timestamp())


def fault_of(words: str, now: datetime, zone: tzinfo) -> str:
    """What is wrong with words that say until when, "" for nothing; of a script nothing is known yet."""
    try:
        if "{" not in words:
            end_of(words, now, zone)
    except BadInput as fault:
        return fault.sentence
    return ""
