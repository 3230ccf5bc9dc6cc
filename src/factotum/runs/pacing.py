"""Where a walk computes: on the event loop while it is quick, else in a thread.

Between two effects a walk renders scripts, and a script may take seconds. On the event loop that would
keep everybody waiting. So a behavior's first walk computes in a thread; where it proves quick, later
ones compute on the loop, which costs a tenth of handing each step to a thread; one slow step, and the
behavior computes in threads from then on. Time is the thread's own CPU time: a busy machine makes
nobody slow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from time import thread_time
from typing import Any, Generic, TypeVar

from factotum.bots.effects import Effect
from factotum.bots.recording import give
from factotum.runs.run import Run

R = TypeVar("R")

Walk = Generator[Effect, Any, R]

SLOW = 0.05  # seconds of CPU between two effects
SLOW_AT_FIRST = 0.2  # the first walk compiles the scripts, too
KNOWN = 10_000  # behaviors; beyond it all are learned anew

Key = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Ended(Generic[R]):
    """The walk came to its end."""

    result: R


class Pace:
    """Knows which behaviors are quick. One instance serves every run of a process."""

    def __init__(self) -> None:
        self._quick: set[Key] = set()
        self._slow: set[Key] = set()

    async def advance(self, walk: Walk[R], result: Any, run: Run) -> Effect | Ended[R]:
        """Give a walk a result (None to begin); its next effect, or its end. An error is thrown in."""
        if run.behavior_id is None:
            return _advanced(walk, result)[0]
        key = run.behavior_id, run.revision
        if key in self._quick:
            effect, seconds = _advanced(walk, result)
            if seconds > SLOW:
                self._quick.discard(key)
                self._slow.add(key)
            return effect
        effect, seconds = await asyncio.to_thread(_advanced, walk, result)
        if key not in self._slow:
            self._learn(key, seconds, has_ended=isinstance(effect, Ended))
        return effect

    def _learn(self, key: Key, seconds: float, *, has_ended: bool) -> None:
        if len(self._quick) + len(self._slow) > KNOWN:
            self._quick.clear()
            self._slow.clear()
        if seconds > SLOW_AT_FIRST:
            self._slow.add(key)
        elif has_ended:
            self._quick.add(key)


def _advanced(walk: Walk[R], result: Any) -> tuple[Effect | Ended[R], float]:
    """The next effect, and how many seconds of CPU it took to come there."""
    began = thread_time()
    try:
        effect: Effect | Ended[R] = give(walk, result)
    except StopIteration as ended:  # which no future can hold
        effect = Ended(ended.value)
    return effect, thread_time() - began
