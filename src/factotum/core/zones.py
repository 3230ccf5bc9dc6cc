"""Names of time zones, as the IANA database has them."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Whether there is such a zone: ``Europe/Berlin``."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def zone_fault(name: str) -> str:
    """Why this is no zone, as a sentence, or ""."""
    return "" if is_zone(name) else f"There is no time zone {name}. Use one such as Europe/Berlin."
