"""The journal: steps are gathered per run and committed in batches, many runs to a transaction.

A run is on disk at the latest before its first unsafe request leaves, and when it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from factotum.bots.effects import Note
from factotum.core.masking import mask
from factotum.core.ports import Clock, Threads
from factotum.runs.ports import EffectRow, Entry, Run, RunStore, Step

BATCH = 200  # entries; keeps one transaction short enough for other writers


class JournalWriter:
    """Group commit: whatever is waiting when a commit ends goes into the next one."""

    def __init__(self, runs: RunStore, threads: Threads) -> None:
        self._runs = runs
        self._threads = threads
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    def write(self, entry: Entry) -> asyncio.Future[None]:
        """Queue an entry; the future is done when it is on disk, or holds why it is not."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        if not self._is_committing():
            self._task = asyncio.create_task(self._commit_all())
        return done

    def _is_committing(self) -> bool:
        """Whether a commit is under way in this event loop; one of a closed loop never ends."""
        task = self._task
        return (
            task is not None and not task.done() and task.get_loop() is asyncio.get_running_loop()
        )

    async def drain(self) -> None:
        """Wait until everything queued so far is on disk."""
        if self._task is not None and self._is_committing():
            await self._task

    async def _commit_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                await self._threads.run(self._runs.write, [entry for entry, _ in batch])
            except Exception:  # noqa: BLE001  one bad entry must not cost the others theirs
                await self._commit_each(batch)
            else:
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)

    async def _commit_each(self, batch: list[tuple[Entry, asyncio.Future[None]]]) -> None:
        for entry, done in batch:
            try:
                await self._threads.run(self._runs.write, [entry])
            except Exception as error:  # noqa: BLE001  the waiter is told; see write()
                if not done.done():
                    done.set_exception(error)
            else:
                if not done.done():
                    done.set_result(None)


class RunJournal:
    """One run's journal while it runs. Secrets that were opened for it are masked in all it keeps."""

    def __init__(self, run: Run, writer: JournalWriter, clock: Clock) -> None:
        self.run = run
        self._writer = writer
        self._clock = clock
        self._steps: list[Step] = []
        self._secrets: set[str] = set()
        self._number = 0
        self._last: asyncio.Future[None] | None = None

    def hide(self, secrets: frozenset[str]) -> None:
        """Mask these values in everything written from now on."""
        self._secrets.update(secrets)

    def mask(self, value: Any) -> Any:
        """The value with this run's secrets masked."""
        return mask(value, frozenset(self._secrets))

    def note(self, note: Note) -> None:
        """A step that the walk itself tells."""
        self.step(note.path, note.kind, note.title, note.status, data=dict(note.data))

    def step(
        self, path: str, kind: str, title: str, status: str, *, ms: float = 0.0, data: Any = None
    ) -> None:
        """Add one step; it reaches the disk with the next commit."""
        self._number += 1
        at = self._clock().at.timestamp()
        self._steps.append(Step(self._number, path, kind, title, status, at, ms, data or {}))

    async def commit(self, *effects: EffectRow) -> None:
        """Put everything so far, and these effects, on disk."""
        await self._write(effects)

    async def finish(self, status: str, **changes: Any) -> Run:
        """End the run, or park it as waiting; returns the run as it was written."""
        await self._end(status, changes)
        return self.run

    def finish_soon(self, status: str, **changes: Any) -> asyncio.Future[None]:
        """Like ``finish`` without waiting for the disk: for runs that did nothing unsafe."""
        return self._end(status, changes)

    def _end(self, status: str, changes: dict[str, Any]) -> asyncio.Future[None]:
        ended = None if status == "waiting" else self._clock().at.timestamp()
        self.run = replace(self.run, status=status, ended_at=ended, **self.mask(changes))
        return self._write(())

    def _write(self, effects: Sequence[EffectRow]) -> asyncio.Future[None]:
        steps = [replace(step, data=self.mask(step.data)) for step in self._steps]
        self._steps.clear()
        self._last = self._writer.write(Entry(self.run, steps, effects))
        return self._last

    async def settled(self) -> None:
        """Wait until everything told so far is on disk; raises what kept it from getting there."""
        if self._last is not None:
            await self._last
