"""The clock of a process: the time, and randomness that nobody can foretell."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from factotum.core.values import Moment

_SEED_BYTES = 16
_AT_ONCE = 256  # seeds; asking the system for each costs more than all else a clock does


class SystemClock:
    """Fulfils ``core.ports.Clock``; may be called from any thread. No seed is given twice."""

    def __init__(self) -> None:
        self._seeds: list[int] = []
        # a forked process would give the seeds that its parent gives
        os.register_at_fork(after_in_child=self._seeds.clear)

    def __call__(self) -> Moment:
        """Now, with 128 unpredictable bits."""
        while True:
            try:
                return Moment(datetime.now(UTC), self._seeds.pop())
            except IndexError:
                self._seeds.extend(_fresh_seeds())


def _fresh_seeds() -> list[int]:
    drawn = os.urandom(_AT_ONCE * _SEED_BYTES)
    return [
        int.from_bytes(drawn[start : start + _SEED_BYTES], "big")
        for start in range(0, len(drawn), _SEED_BYTES)
    ]
