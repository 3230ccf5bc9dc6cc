"""That one of several processes has changed a record, told to the others before its caller hears of it.

Each has a number of its own in a file that all have mapped; looking at them costs no system call.
"""

from __future__ import annotations

import mmap
import os
from struct import Struct
from threading import Lock

from factotum.part import Part

FILE = "changes"
_NUMBER = Struct("=Q")


class SharedChanges:
    """The numbers, as one of the processes sees them."""

    def __init__(self, part: Part) -> None:
        self._own = (part.number - 1) * _NUMBER.size
        self._all = _mapped(part)
        self._seen = self._all[:]
        self._lock = Lock()

    def tell(self) -> None:
        """Something was changed here. From any thread."""
        with self._lock:
            end = self._own + _NUMBER.size
            (number,) = _NUMBER.unpack(self._all[self._own : end])
            self._all[self._own : end] = _NUMBER.pack(number + 1)

    def have_news(self) -> bool:
        """Whether anything was changed since this was asked last."""
        now = self._all[:]
        if now == self._seen:
            return False
        self._seen = now
        return True


def _mapped(part: Part) -> mmap.mmap:
    size = part.of * _NUMBER.size
    number = os.open(part.shared / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.truncate(number, size)
        return mmap.mmap(number, size)
    finally:
        os.close(number)
