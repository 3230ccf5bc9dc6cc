"""One of the processes of ``factotum serve --processes N``: its place, and who sits there now."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic

from factotum.cli.heartbeat import LONGEST_SILENCE, LONGEST_START, LOOK, Heartbeat, Silence
from factotum.part import Part

STEADY = 10.0  # seconds; who dies after that is followed at once
FIRST_PAUSE = 0.5  # seconds before who died sooner is followed; twice as long each time
LONGEST_PAUSE = 10.0
LAST_WORDS = 1.0  # seconds in which who hangs may say where

log = logging.getLogger("factotum.serve")


class Seat:
    """A socket, and the process that serves there."""

    def __init__(
        self, number: int, of: int, listener: socket.socket, folder: Path, told_at: int
    ) -> None:
        self._number = number
        self._of = of
        self._listener = listener
        self._folder = folder
        self._told_at = told_at
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._follows_at: float | None = None
        self._pause = 0.0
        self._heartbeat = Heartbeat(folder, number)
        self._silence = Silence()
        self._is_killed_at: float | None = None

    def begin(self, *, is_beginning: bool = False) -> None:
        """Have a process serve here."""
        self._heartbeat.reset()
        self._silence, self._is_killed_at = Silence(), None
        part = Part(
            number=self._number,
            of=self._of,
            folder=str(self._folder),
            listener=self._listener.fileno(),
            tells=self._told_at,
            is_beginning=is_beginning,
        )
        self._process = subprocess.Popen(  # noqa: S603  ourselves, as we were called
            [sys.executable, "-m", "factotum", *sys.argv[1:]],
            env={**os.environ, **part.environ()},
            stdin=subprocess.PIPE,  # it ends when this end of it closes, however this process ends
            pass_fds=[part.listener, part.tells],
            process_group=0,  # Ctrl-C comes here only, and is passed on
        )
        self._began = monotonic()
        self._follows_at = None

    @property
    def is_taken(self) -> bool:
        """Whether somebody sits here."""
        return self._process is not None and self._process.poll() is None

    @property
    def code(self) -> int | None:
        """How who sat here last has ended, negative for a signal; None while it has not."""
        return None if self._process is None else self._process.poll()

    def told_end(self) -> str:
        """How who sat here last has ended, in words."""
        return f"{self._told()} {_how(self.code or 0)}"

    def _told(self) -> str:
        pid = self._process.pid if self._process is not None else 0
        return f"Process {self._number} of {self._of} ({pid})"

    def keep(self) -> float | None:
        """If who sat here has died, say so, and have another follow; seconds until the next look."""
        if self._follows_at is None and self.code is not None:
            self._plan()
        if self._follows_at is None:
            return self._watch()
        pause = self._follows_at - monotonic()
        if pause > 0:
            return pause
        try:
            self.begin()
        except OSError as error:  # no memory, or too many processes
            self._follows_at = monotonic() + LONGEST_PAUSE
            log.error("No process %d can be begun: %s.", self._number, error.strerror)  # noqa: TRY400  where it was noticed tells nobody anything
            return LONGEST_PAUSE
        return None

    def _watch(self) -> float | None:
        """Kill who hangs; who follows is begun once that one is dead."""
        now = monotonic()
        if self._process is None or not self.is_taken:
            return None
        if self._is_killed_at is not None:
            if now >= self._is_killed_at:
                self._process.kill()
            return LAST_WORDS
        count = self._heartbeat.count
        silent = self._silence.look(count, now)
        if silent < (LONGEST_SILENCE if count else LONGEST_START):
            return LOOK
        log.error("%s has given no sign of life for %.0f s and is killed.", self._told(), silent)
        self._send(signal.SIGUSR1)  # it writes where its threads are
        self._is_killed_at = now + LAST_WORDS
        return LAST_WORDS

    def _plan(self) -> None:
        """When another follows: at once, unless this one died soon after it began."""
        is_soon = monotonic() - self._began < STEADY
        self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE) if is_soon else 0.0
        self._follows_at = monotonic() + self._pause
        self._close_pipe()
        when = f" in {self._pause:g} s" if self._pause else ""
        log.error("%s; another follows%s.", self.told_end(), when)

    # To the end

    def end(self) -> None:
        """Take no new connections; who sits here finishes what it does."""
        self._listener.close()
        self._send(signal.SIGTERM)

    def hurry(self) -> None:
        """Finish nothing any more."""
        self._send(signal.SIGINT)

    def kill(self) -> None:
        """Who still sits here has had its time."""
        if self._process is not None and self.is_taken:
            log.error("Process %d of %d did not end and was killed.", self._number, self._of)
            self._process.kill()
            self._process.wait()
        self._close_pipe()

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None and self.is_taken:
            self._process.send_signal(number)

    def _close_pipe(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()


def _how(code: int) -> str:
    if code >= 0:
        return f"ended with {code}"
    return f"was killed ({signal.Signals(-code).name})"
