"""A run's journal: steps are gathered and go to the disk together (``runs.writing``).

A run is on disk at the latest before its first unsafe request leaves, and when it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic, time
from typing import Any

from factotum.bots.effects import Note
from factotum.core.masking import mask
from factotum.core.ports import Clock
from factotum.runs.recording import Recording
from factotum.runs.run import EffectRow, Entry, Recorded, Run, Step
from factotum.runs.writing import JournalWriter

UNENDED = ("queued", "running", "waiting")
SHOWN = 0.25  # seconds after which what was recorded goes to the disk by itself
NOT_KEPT = {"not_kept": "It holds itself, or is nested too deeply."}


class RunJournal:
    """One run's journal while it runs. Secrets that were opened for it are masked in all it keeps."""

    def __init__(self, run: Run, writer: JournalWriter, clock: Clock) -> None:
        self.run = run
        self._writer = writer
        self._clock = clock
        self._steps: list[Step] = []
        self._secrets: frozenset[str] = frozenset()
        self._number = 0
        self._known = 0
        self._last: asyncio.Future[None] | None = None
        self._written_at = monotonic()
        self.recording: Recording | None = None
        """Of a durable run; others record nothing."""

    def hide(self, secrets: frozenset[str]) -> None:
        """Mask these values in everything written from now on."""
        self._secrets |= secrets

    def mask(self, value: Any) -> Any:
        """The value with this run's secrets masked."""
        try:
            return mask(value, self._secrets)
        except RecursionError:  # a script has made it
            return NOT_KEPT

    def goes_on_after(self, number: int) -> None:
        """A run that is walked again: steps up to this number are on disk and not written anew."""
        self._known = number

    @property
    def number(self) -> int:
        """Of the last step."""
        return self._number

    def repeat(self, number: int) -> None:
        """An effect is not done again: what it told is on disk; the next step comes after ``number``."""
        self._number = number

    def record(self, recorded: Recorded) -> None:
        """What an effect returned reaches the disk together with what it told."""
        if self.recording is not None:
            self.recording.add(recorded)
            if monotonic() - self._written_at > SHOWN:
                self._write((), soon=True)

    def pay(self, micros: int) -> None:
        """A request of the run has cost that much, or would."""
        self.run = replace(self.run, cost=(self.run.cost or 0) + micros)

    def note(self, note: Note) -> None:
        """A step that the walk itself tells."""
        self.step(note.path, note.kind, note.title, note.status, data=note.data)

    def step(
        self, path: str, kind: str, title: str, status: str, *, ms: float = 0.0, data: Any = None
    ) -> None:
        """Add one step; it reaches the disk with the next commit."""
        self._number += 1
        if self._number > self._known:
            step = Step(self._number, path, kind, title, status, time(), ms, data or {})
            self._steps.append(step)

    async def open(self) -> None:
        """Put the run on disk, unless who walks it has done so already."""
        await self._writer.write(Entry(self.run, is_first=True))

    async def commit(self, *effects: EffectRow) -> None:
        """Put everything so far, and these effects, on disk."""
        await self._write(effects)

    async def effect(self, key: str) -> EffectRow | None:
        """An effect as it is on disk: a person may have settled it meanwhile."""
        return await self._writer.effect(key)

    def tell(self, *effects: EffectRow) -> None:
        """The same in no hurry; nobody waits for it."""
        self._write(effects, soon=True)

    async def on_disk(self) -> None:
        """Wait until everything that was recorded is on disk."""
        if self.recording is not None and self.recording.is_new:
            await self.commit()
        else:
            await self.settled()

    async def finish(self, status: str, **changes: Any) -> Run:
        """End the run, or park it as waiting; returns the run as it was written."""
        self._end(status, changes)
        await self._write(())
        return self.run

    async def finish_soon(self, status: str, **changes: Any) -> None:
        """Like ``finish`` without waiting for the disk: for runs that did nothing unsafe."""
        self._end(status, changes)
        self._write((), soon=True)
        await self._writer.room()

    async def finish_with_others(self, status: str, **changes: Any) -> Run:
        """Like ``finish``, in no hurry: the commit is shared with whoever else ends now."""
        self._end(status, changes)
        await self._write((), soon=True)
        return self.run

    def begin(self) -> None:
        """Tell that the run is walked now; nobody waits for it."""
        self._write((), soon=True)

    def _end(self, status: str, changes: dict[str, Any]) -> None:
        ended = None if status in UNENDED else self._clock().at.timestamp()
        masked = {name: self.mask(value) for name, value in changes.items()}
        self.run = replace(self.run, status=status, ended_at=ended, **masked)

    def _write(self, effects: Sequence[EffectRow], *, soon: bool = False) -> asyncio.Future[None]:
        steps, self._steps = self._masked(self._steps), []
        recorded = self.recording.piece() if self.recording else None
        self._written_at = monotonic()
        self._last = self._writer.write(Entry(self.run, steps, effects, recorded), soon=soon)
        return self._last

    def _masked(self, steps: list[Step]) -> list[Step]:
        """Most steps hold no secret; all are looked at together, which is many times cheaper."""
        shown = [step.data for step in steps]
        if self.mask(shown) is shown:
            return steps
        return [replace(step, data=self.mask(step.data)) for step in steps]

    async def settled(self) -> None:
        """Wait until everything told so far is on disk; raises what kept it from getting there."""
        if self._last is not None:
            if not self._last.done():
                self._writer.want()
            await self._last
