"""The journal's way to the disk: many runs to a transaction (group commit).

What somebody waits for goes at once if nothing else is under way. Else it waits a few milliseconds for
runs that are about to end: a commit costs as much work as many entries, and an event loop that has less
to do answers all of them sooner.

While the database is away, or its disk full, entries stay in line and are tried again. Whoever waits for
one in an attended run is told once that has lasted for ``PATIENCE``, for somebody waits for that run in
turn; what a durable run intends waits as long as it takes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

from factotum.core.database_trouble import AGAIN, StoreAway
from factotum.core.ports import Threads
from factotum.runs.ports import RunStore
from factotum.runs.run import EffectRow, Entry

BATCH = 200  # entries; keeps one transaction short enough for other writers
FULL = 10_000  # entries that wait for the disk; beyond it runs wait too
LINGER = 0.02  # seconds that an entry nobody waits for may wait for others to share its commit
COMPANY = 0.008  # … that one somebody waits for may wait for runs under way to share it
PATIENCE = 8.0  # seconds of absence after which attended runs wait for it no longer

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Waiting:
    """An entry in line; ``done`` says when it is on disk, or why it is not."""

    entry: Entry
    done: asyncio.Future[None]
    is_written: bool = False

    def lose_patience(self, away: StoreAway) -> None:
        """Tell who waits. What was only intended will not be done now."""
        if self.done.done():
            return
        effects = tuple(
            replace(each, state="refused", note=away.sentence) if each.state == "intended" else each
            for each in self.entry.effects
        )
        self.entry = replace(self.entry, effects=effects)
        _tell(self.done, away)


class JournalWriter:
    """Whatever is waiting when a commit ends goes into the next one.

    Belongs to one event loop at a time: the one that wrote last.
    """

    def __init__(self, runs: RunStore, threads: Threads) -> None:
        self._runs = runs
        self._threads = threads
        self._waiting: deque[Waiting] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._commit: asyncio.Task[None] | None = None
        self._away_since: float | None = None
        self._under_way: set[str] = set()
        self._is_wanted = False

    def begun(self, run_id: str) -> None:
        """A run is walked that somebody waits for: before long it has something to write."""
        self._under_way.add(run_id)

    def ended(self, run_id: str) -> None:
        """It is walked no more; whoever waited for its company goes without."""
        self._under_way.discard(run_id)
        if not self._under_way and self._is_wanted:
            self.hurry()

    def write(self, entry: Entry, *, soon: bool = False) -> asyncio.Future[None]:
        """Queue an entry; the future is done when it is on disk, or holds why it is not (yet).

        ``soon`` is for what nobody waits for. What cannot be written is logged in any case.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # nothing of a loop that was closed will ever happen
            self._loop, self._timer, self._commit = loop, None, None
            self._is_wanted = False
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append(Waiting(entry, done))
        if not soon:
            self._under_way.discard(entry.run.id)  # it waits now, too
            self.want()
        elif len(self._waiting) >= BATCH:
            self.hurry()
        elif self._commit is None and self._timer is None:
            self._timer = loop.call_later(LINGER, self.hurry)
        return done

    async def effect(self, key: str) -> EffectRow | None:
        """An effect as it is on disk."""
        return await self._threads.run(self._runs.effect, key)

    def want(self) -> None:
        """Somebody waits: commit now, or in a moment where runs under way may share the commit."""
        if not self._under_way or len(self._waiting) >= BATCH:
            self.hurry()
        elif not self._is_wanted and self._waiting:
            self._is_wanted = True
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_later(COMPANY, self.hurry)

    def hurry(self) -> None:
        """Commit what waits now, or as soon as the commit under way has ended."""
        self._is_wanted = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._commit is None and self._waiting:
            self._commit = asyncio.get_running_loop().create_task(self._commit_all())

    async def room(self) -> None:
        """Wait while too much is waiting: runs must not be faster than the disk for long."""
        while len(self._waiting) >= FULL:
            self.hurry()
            await asyncio.wait([self._waiting[0].done])
            if self._away_since is not None:
                raise StoreAway

    async def drain(self) -> None:
        """Wait until everything queued so far is on disk; not for ever for a database that is away."""
        until = monotonic() + PATIENCE
        while self._waiting or self._commit is not None:
            self.hurry()
            if self._commit is not None:
                await asyncio.wait([self._commit], timeout=max(AGAIN, until - monotonic()))
            if self._waiting and self._away_since is not None and monotonic() > until:
                _log.error("%s entries of the journal could not be written.", len(self._waiting))
                return

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                size = min(BATCH, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(size)]
                try:
                    await self._write(batch)
                except StoreAway as away:
                    self._keep(batch, away)
                    await asyncio.sleep(AGAIN)
                else:
                    self._away_since = None
        finally:
            self._commit = None

    def _keep(self, batch: Sequence[Waiting], away: StoreAway) -> None:
        """They stay first in line; a database that does not answer is told once."""
        self._waiting.extendleft(each for each in reversed(batch) if not each.is_written)
        if self._away_since is None:
            self._away_since = monotonic()
            _log.warning("The journal waits: %s", away)
        if monotonic() - self._away_since >= PATIENCE:
            for each in self._waiting:
                if each.entry.run.driver != "durable":
                    each.lose_patience(away)

    async def _write(self, batch: Sequence[Waiting]) -> None:
        try:
            await self._threads.run(self._runs.write, [each.entry for each in batch])
        except StoreAway:
            raise
        except Exception as error:  # noqa: BLE001  one bad entry must not cost the others theirs
            if len(batch) == 1:
                _refuse(batch[0], error)
            else:
                for each in batch:
                    await self._write([each])
        else:
            for each in batch:
                each.is_written = True
                if not each.done.done():
                    each.done.set_result(None)


def _refuse(waiting: Waiting, error: Exception) -> None:
    """Log it, because nobody may be waiting; and tell whoever does."""
    reason = str(error).partition("\n")[0]  # PostgreSQL shows the row in the lines that follow
    kind = type(error).__name__
    _log.error(
        "The journal of run %s could not be written: %s: %s", waiting.entry.run.id, kind, reason
    )
    if not waiting.done.done():
        _tell(waiting.done, error)


def _tell(done: asyncio.Future[None], error: Exception) -> None:
    done.set_exception(error)
    done.exception()  # has been told: asyncio need not warn that nobody asked
