"""Where attempts to sign in are counted: in memory, or in files where several processes serve together."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

from factotum.part import Part

MOST = 100_000  # so that many names do not push out what is counted
FOLDER = "attempts"


def cache_for(part: Part | None) -> dict[str, Any]:
    """An entry of Django's CACHES."""
    if part is None:
        where = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    else:
        where = {
            "BACKEND": "factotum.web.attempts.SharedCache",
            "LOCATION": str(part.shared / FOLDER),
        }
    return {**where, "OPTIONS": {"MAX_ENTRIES": MOST}}


class SharedCache(FileBasedCache):
    """Django's own in files, of which several processes may each ``add``, and one does.

    allauth makes its locks of that.
    """

    def __init__(self, dir: str, params: dict[str, Any]) -> None:
        super().__init__(dir, params)
        self._lock = Path(f"{dir}.lock")

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Whether it was not there."""
        with self._lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed
            return super().add(key, value, timeout, version)
