"""``factotum serve --processes N``: begins the processes that serve, and others in place of what dies.

Each has a socket of its own at the one address, and the kernel spreads connections over them. The
sockets are this process's: who connects while one of them is down waits for the next. Who lives but gives no
sign of it is killed. It loads little of the product itself, so there is little in it that can die.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic

from factotum.cli.heartbeat import Heartbeat
from factotum.cli.listening import listen, listen_with
from factotum.cli.news import News
from factotum.cli.seats import Seat
from factotum.config import Config, load
from factotum.core.errors import Refused

GRACE = 30.0  # seconds to end in; requests are given ten of them

log = logging.getLogger("factotum.serve")


def supervise(host: str, port: int, processes: int) -> int:
    """Serve with so many processes until stopped; the exit code."""
    config = load(os.environ)
    with ExitStack() as stack:
        news = stack.enter_context(News())
        first = stack.enter_context(listen(host, port))
        rest = [stack.enter_context(listen_with(first)) for _ in range(1, processes)]
        folder = stack.enter_context(_shared_folder(config, processes))
        seats = [
            Seat(number, processes, listener, folder, news.told_at)
            for number, listener in enumerate((first, *rest), 1)
        ]
        return Supervisor(seats, news).run()


@contextmanager
def _shared_folder(config: Config, processes: int) -> Iterator[Path]:
    """What the processes share, and the log and the metrics of all of them."""
    from logging.config import dictConfig

    from factotum.telemetry import logs, several

    dictConfig(logs.settings_for(config.log))
    folder = _made(processes)
    try:
        if config.metrics_address is not None:
            several.answer_on(config.metrics_address, folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(processes: int) -> Path:
    from factotum.telemetry.several import reserve

    folder = ""
    try:
        folder = tempfile.mkdtemp(prefix="factotum-")
        reserve(Path(folder), processes)
        for number in range(1, processes + 1):
            Heartbeat(Path(folder), number)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused(
            f"Nothing can be kept in {folder or 'a temporary folder'}: {error.strerror}. TMPDIR names "
            "another place for it."
        ) from None
    return Path(folder)


class Supervisor:
    """Sees to it that every seat is taken until all are to end."""

    def __init__(self, seats: list[Seat], news: News) -> None:
        self._seats = seats
        self._news = news

    def run(self) -> int:
        """Begin them, the first alone until the database is ready; the exit code."""
        self._seats[0].begin(is_beginning=True)
        while not (self._news.is_ready or self._is_over()):
            self._news.wait(None)
        if self._news.is_ready and not self._is_over():
            for seat in self._seats[1:]:
                seat.begin()
        while not self._is_over():
            self._news.wait(self._keep_seated())
        return self._end()

    def _is_over(self) -> bool:
        """Whether it is to end, or cannot even begin."""
        return self._news.is_stopping or (
            not self._news.has_served and any(seat.code is not None for seat in self._seats)
        )

    def _keep_seated(self) -> float | None:
        """Whoever died is followed by another, in time, and who hangs dies; seconds until the next look."""
        pauses = [seat.keep() for seat in self._seats]
        return min((pause for pause in pauses if pause is not None), default=None)

    def _end(self) -> int:
        """Let all finish what they do; the exit code."""
        failed = self._failed() if not (self._news.has_served or self._news.is_stopping) else 0
        for seat in self._seats:
            seat.end()
        until = monotonic() + GRACE
        hurried = max(self._news.stops, 1)
        while any(seat.is_taken for seat in self._seats) and monotonic() < until:
            self._news.wait(until - monotonic())
            if self._news.stops > hurried:  # asked again
                hurried = self._news.stops
                for seat in self._seats:
                    seat.hurry()
        for seat in self._seats:
            seat.kill()
        return failed or (0 if self._news.has_served else max(self._codes()))

    def _failed(self) -> int:
        """The exit code where nothing was ever served; whoever could not has said why."""
        for seat in self._seats:
            if seat.code is not None and seat.code < 0:
                log.error("%s before it served.", seat.told_end())
        return max(1, *self._codes())

    def _codes(self) -> list[int]:
        """How those who sat here last have ended."""
        return [0, *(seat.code for seat in self._seats if seat.code is not None)]
