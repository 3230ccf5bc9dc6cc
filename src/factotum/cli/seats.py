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

from factotum.part import Part

STEADY = 10.0  # seconds; who dies after that is followed at once
FIRST_PAUSE = 0.5  # seconds before who died sooner is followed; twice as long each time
LONGEST_PAUSE = 10.0

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

    def begin(self, *, is_beginning: bool = False) -> None:
        """Have a process serve here."""
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
        pid = self._process.pid if self._process is not None else 0
        return f"Process {self._number} of {self._of} ({pid}) {_how(self.code or 0)}"

    def keep(self) -> float | None:
        """If who sat here has died, say so, and have another follow in time; seconds until then."""
        if self._follows_at is None and self.code is not None:
            self._plan()
        if self._follows_at is None:
            return None
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
