"""Whose task goes next where all places are taken: the bots take turns.

A queued task gets a *rank*; the lowest goes first. Its priority comes first in it, then its *turn*: a
*line* (the tasks of one bot) begins where the queue stands, and each of its tasks goes one turn behind
the one before. So who queues one task beside a thousand of another's goes next but one, not last, and
the tasks of one line keep their order. (Start-time fair queueing, every task counting the same.)
"""

from __future__ import annotations

from collections.abc import Iterable

SPREAD = 2_000_000
"""Turns of one priority; the queue is rarely that long, and where it is the last ones share a turn."""


class Turns:
    """What one process knows of the queue: looked at now and then, and what it added since.

    >>> turns = Turns()
    >>> [turns.rank(1, line) - SPREAD for line in ("a", "a", "a", "b", "b")]
    [0, 1, 2, 0, 1]
    """

    def __init__(self) -> None:
        self._looks = 0
        self._first: dict[int, int] = {}
        self._last: dict[tuple[int, str], tuple[int, int]] = {}

    def rank(self, priority: int, line: str) -> int:
        """The rank of one more task of the line, of that priority (1 to 1000)."""
        last, _ = self._last.get((priority, line), (-1, 0))
        turn = max(last + 1, self._first.get(priority, 0))
        self._last[priority, line] = turn, self._looks
        return priority * SPREAD + min(turn, SPREAD - 1)

    def look(self) -> int:
        """The number of a look at the queue that begins now, for ``learn``."""
        self._looks += 1
        return self._looks

    def learn(self, number: int, queued: Iterable[tuple[str, int, int]]) -> None:
        """What that look found: line, its lowest and its highest rank, for each line and priority.

        What was ranked since it began may have been queued too late to be found, and is kept.
        """
        first: dict[int, int] = {}
        last = {key: (turn, look) for key, (turn, look) in self._last.items() if look >= number}
        for line, low, high in queued:
            priority = low // SPREAD
            first[priority] = min(low % SPREAD, first.get(priority, SPREAD))
            mine, _ = self._last.get((priority, line), (-1, 0))
            last[priority, line] = max(high % SPREAD, mine), number
        self._first, self._last = first, last
