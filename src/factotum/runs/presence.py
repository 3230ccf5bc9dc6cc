"""Who is alive: every process beats a counter, and watches the counters of the others.

No clock is compared between machines. A process whose counter stands still for ``LEASE`` seconds of the
watcher's own monotonic clock is taken for dead: it is marked so, and what it had under way is taken
over; at once where it was a process of this machine that has ended. A process that could not beat for ``FENCE`` seconds (it stood still, or the database was away)
takes itself for dead before anybody else may, and sends nothing until it knows better.

Who was marked and wakes up begins another *life*, with a name of its own: what was claimed in an earlier
one is not begun any more, and whoever is slow to take over takes nothing of a later one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Protocol

from factotum.core.crash_points import passing
from factotum.core.errors import NotInCharge
from factotum.core.ports import Threads
from factotum.runs.context import Fence, NoFence
from factotum.runs.waiting import Lost

BEAT = 1.0  # seconds between two beats
FENCE = 3.0  # seconds without a beat after which nothing is sent any more
LEASE = 5.0  # seconds of silence after which a process is taken for dead
FORGET = 60.0  # seconds after which nobody looks for a dead one's work any more

STOOD_STILL = "This process stood still, and another may do its work now; nothing was sent."

TakeOver = Callable[[Mapping[str, int]], Awaitable[None]]
"""Told who is dead, and at which number its counter stopped."""

_log = logging.getLogger(__name__)


class Presences(Protocol):
    """Counters of processes, by executor id."""

    def enter(self, executor_id: str) -> int:
        """Begin to count for this process, or begin again; from which number."""

    def beat(self, executor_id: str) -> bool:
        """Count on; False where this process was marked dead."""

    def leave(self, executor_id: str) -> None:
        """The process has ended and has nothing under way."""

    def die(self, executor_id: str) -> None:
        """The process ends, and may have left something under way."""

    def all(self) -> Mapping[str, tuple[int, bool]]:
        """Executor id → its counter, and whether it is marked dead."""

    def mark_dead(self, executor_id: str, beats: int) -> bool:
        """Mark it, unless its counter has moved; whether it is marked now."""


class Presence:
    """This process among the others; fulfils ``runs.context.Fence`` for the work it has begun."""

    def __init__(
        self,
        executor_id: str,
        presences: Presences,
        threads: Threads,
        is_gone: Callable[[str], bool],
    ) -> None:
        self.executor_id = executor_id
        self._presences = presences
        self._threads = threads
        self._is_gone = is_gone
        self._seen: dict[str, tuple[int, float]] = {}
        self._looked_at = -LEASE
        self._last_beat = -LEASE
        self._gone: set[str] = set()
        self._entered: int | None = None
        self._entered_at = -FORGET
        self._beaten = asyncio.Event()
        self.generation = 0
        """How often this process was taken for dead."""

    @property
    def life(self) -> str:
        """What this process is called in its present life; "" between two."""
        return "" if self._entered is None else life_of(self.executor_id, self._entered)

    async def enter(self) -> None:
        """Be there from now on."""
        began = monotonic()
        self._entered = await self._threads.run(self._presences.enter, self.executor_id)
        self._last_beat = self._entered_at = began

    async def leave(self, *, has_worked: bool) -> None:
        """Be gone; what a worker has left under way is taken up by whoever looks next."""
        self._entered = None
        end = self._presences.die if has_worked else self._presences.leave
        await self._threads.run(end, self.executor_id)

    async def others(self) -> int:
        """How many other processes there are now."""
        present = await self._threads.run(self._presences.all)
        return sum(key != self.executor_id and not dead for key, (_, dead) in present.items())

    async def live(self, take_over: TakeOver | None) -> None:
        """Beat until cancelled; whoever can take over what dead ones had under way watches, too."""
        while True:
            try:
                await self.once(take_over)
            except Exception:  # noqa: BLE001  the database is away: FENCE stops what must not be sent
                _log.warning("This process could not tell others that it lives.", exc_info=True)
            await asyncio.sleep(BEAT)

    async def once(self, take_over: TakeOver | None) -> None:
        """One beat, one look at the others by who can take over."""
        began = monotonic()
        if not await self._threads.run(self._presences.beat, self.executor_id):
            self.generation += 1
            self._entered = None
            _log.warning(
                "This process was taken for dead; what it had under way is done elsewhere."
            )
            await self.enter()
        self._last_beat = began
        self._beaten.set()
        self._beaten = asyncio.Event()
        if take_over is None:
            return
        dead = await self._dead()
        if dead:
            await take_over(dead)
        gone = set(filter(self._is_gone, dead))
        for executor_id in gone & self._gone:  # what it was about to commit is there by now
            await self._threads.run(self._presences.leave, executor_id)
        self._gone = gone

    async def _dead(self) -> dict[str, int]:
        """Processes whose counter stood still for the lease, now marked; and where it stands.

        This one's earlier lives are among them for a while: whoever marked it may be dead, too.
        """
        present = await self._threads.run(self._presences.all)
        present = {key: each for key, each in present.items() if key != self.executor_id}
        silent = self._silence(present)
        dead = {}
        for executor_id, (beats, is_marked) in present.items():
            if is_marked and silent[executor_id] > FORGET:
                await self._threads.run(self._presences.leave, executor_id)
            elif is_marked or await self._is_marked(executor_id, beats, silent[executor_id]):
                dead[executor_id] = beats
        if self.generation and self._entered and monotonic() - self._entered_at < FORGET:
            dead[self.executor_id] = self._entered - 1
        return dead

    async def _is_marked(self, executor_id: str, beats: int, silent: float) -> bool:
        """Mark it where it has stood still for too long, or is gone; whether that was done."""
        if silent <= LEASE and not self._is_gone(executor_id):
            return False
        return await self._threads.run(self._presences.mark_dead, executor_id, beats)

    def _silence(self, present: Mapping[str, tuple[int, bool]]) -> Mapping[str, float]:
        """For how many seconds each counter has stood still before these eyes.

        After the eyes were closed, as while the database was away, everybody gets time to beat again.
        """
        now = monotonic()
        if now - self._looked_at > FENCE:
            self._seen.clear()
        self._looked_at = now
        seen = {}
        for executor_id, (beats, _) in present.items():
            last, since = self._seen.get(executor_id, (beats, now))
            seen[executor_id] = (beats, since if last == beats else now)
        self._seen = seen
        return {executor_id: now - since for executor_id, (_, since) in seen.items()}

    @property
    def is_fresh(self) -> bool:
        """Whether nobody can take this process for dead yet."""
        return monotonic() - self._last_beat < FENCE

    def fence(self) -> Fence:
        """For work that begins now; none where this process has not entered: nobody watches it."""
        has_entered = self._entered is not None or self.generation
        return Begun(self, self.generation) if has_entered else NoFence()

    async def until_beaten(self) -> None:
        """Wait for the next beat."""
        await self._beaten.wait()


def life_of(executor_id: str, entered: int) -> str:
    """The name of the life that began at that number."""
    return f"{executor_id}~{entered}"


def lived(life: str, dead: Mapping[str, int]) -> bool:
    """Whether that life ended where these counters stopped.

    >>> lived("one~4", {"one": 9}), lived("one~10", {"one": 9})
    (True, False)
    """
    executor_id, _, entered = life.rpartition("~")
    return executor_id in dead and int(entered) <= dead[executor_id]


class Begun:
    """The fence of one piece of work: it ends with the life in which the work was begun."""

    def __init__(self, presence: Presence, generation: int) -> None:
        self._presence = presence
        self._generation = generation

    async def fresh(self) -> None:
        """Returns once others know that this process lives; ``Lost`` where they took its work."""
        while not self._presence.is_fresh:
            await self._presence.until_beaten()
        if self._presence.generation != self._generation:
            raise Lost

    def check(self) -> None:
        """Right before bytes leave: NotInCharge where others may take this process for dead."""
        if not self._presence.is_fresh or self._presence.generation != self._generation:
            raise NotInCharge(STOOD_STILL)
        passing("about to leave")
