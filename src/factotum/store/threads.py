"""Runs store work in a few threads, so that the event loop never waits for a database."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import ParamSpec, TypeVar

from django.db import Error, close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from factotum.store.away import known_trouble

P = ParamSpec("P")
R = TypeVar("R")

SIZE = 4  # writers queue at the database anyway; this many keep readers from waiting


class StoreThreads:
    """Fulfils ``core.ports.Threads``. Each thread keeps its own connection, which ``close`` ends."""

    def __init__(self, size: int = SIZE) -> None:
        self._executor = ThreadPoolExecutor(size, thread_name_prefix="store")
        self._connections: set[BaseDatabaseWrapper] = set()
        self._lock = Lock()

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of ``work(*args)``; what it raises is raised here.

        ``StoreAway`` where the database could not be used at this moment.
        """

        def perform() -> R:
            close_old_connections()  # one that broke is opened anew
            try:
                return work(*args, **kwargs)
            except Error as error:
                away = known_trouble(error)
                if away is None:
                    raise
                raise away from error
            finally:
                self._keep_connections()

        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, context.run, perform)

    def close(self) -> None:
        """Finish what is under way, refuse what comes, end every connection; may be called twice."""
        self._executor.shutdown(wait=True)
        with ThreadPoolExecutor(1) as one:  # Django refuses database work where a loop runs
            one.submit(self._disconnect).result()

    def _disconnect(self) -> None:
        with self._lock:
            for connection in self._connections:
                connection.inc_thread_sharing()  # its own thread is gone
                connection.close()
            self._connections.clear()

    def _keep_connections(self) -> None:
        """A thread here lives as long as the process, and opening anew costs more than most work.

        So they have no age (CONN_MAX_AGE is for the short-lived threads of pages).
        """
        opened = connections.all(initialized_only=True)
        for connection in opened:
            connection.close_at = None
        close_old_connections()
        with self._lock:
            self._connections.update(opened)
