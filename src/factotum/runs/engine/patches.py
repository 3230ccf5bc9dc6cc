"""Where DBOS does not do as it should here; applied when this is loaded."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from dbos import DBOS, Queue, _queue, _sys_db
from dbos._error import (
    DBOSAwaitedWorkflowCancelledError,
    DBOSWorkflowCancelledError,
    DBOSWorkflowConflictIDError,
)
from dbos._utils import retriable_postgres_exception

from factotum.core.database_trouble import store_away
from factotum.runs.engine.queue import QUEUE

LONGEST_PAUSE = 2.0  # seconds between two tries of a database that is away
HURRIED_SECONDS = 0.05  # between two looks at the queue where one of it has ended
STOPPED = (
    DBOSAwaitedWorkflowCancelledError,
    DBOSWorkflowCancelledError,
    DBOSWorkflowConflictIDError,
)


def _is_away(error: Exception) -> bool:
    """DBOS waits only for "connection failed", and psycopg 3.3 may say "connection is bad"."""
    orig = getattr(error, "orig", None)
    is_refused = getattr(orig, "sqlstate", "") is None and store_away(orig) is not None
    return is_refused or retriable_postgres_exception(error)


class _Hurried:
    """``time`` for DBOS: while the database is away it looks again every few seconds, not every minute."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, LONGEST_PAUSE))


class _Bell(threading.Event):
    """What DBOS waits on between two looks at the queue; ringing makes it look sooner."""

    def __init__(self, stopping: threading.Event, rung: threading.Event) -> None:
        super().__init__()
        self._stopping = stopping
        self._rung = rung

    def is_set(self) -> bool:
        return self._stopping.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        if not self._stopping.wait(HURRIED_SECONDS):
            self._rung.wait((timeout or 0.0) - HURRIED_SECONDS)
            self._rung.clear()
        return self.is_set()


class _NoFault(logging.Filter):
    """A run that somebody stopped, or another process does, is nothing to tell an operator."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, STOPPED)


look = threading.Event()
"""Rung where there may be something in the queue; DBOS looks for a process, whichever engine works."""

_look_for = _queue.queue_worker_thread


def _look_when_rung(stopping: threading.Event, dbos: DBOS, queue: Queue) -> None:
    _look_for(_Bell(stopping, look) if queue.name == QUEUE else stopping, dbos, queue)


vars(_sys_db).update(retriable_postgres_exception=_is_away, time=_Hurried())
vars(_queue).update(queue_worker_thread=_look_when_rung)
logging.getLogger("dbos").setLevel(logging.ERROR)
logging.getLogger("dbos").addFilter(_NoFault())
