"""Which run a firing is: always the same one, whoever fires and however often."""

from __future__ import annotations

import hashlib


def run_id_for(schedule: str, due: int) -> str:
    """32 hex digits for this schedule at this moment (seconds since 1970).

    12 of the milliseconds, so that it sorts by time, and 20 of a SHA-256 over both. Submitting a run
    twice under one id changes nothing, so two workers and a crash at any point fire it once.

    >>> run_id_for("behavior:12", 1513008000)
    '0160464dec006ee66800523cf43f2c4b'
    """
    milliseconds = due * 1000
    digest = hashlib.sha256(f"{schedule}@{milliseconds}".encode()).hexdigest()
    return f"{milliseconds:012x}{digest[:20]}"
