"""What using an account tells of its condition: when it was last used, and whether it still works.

Nobody waits for it to be written, and a busy account costs at most a write a minute.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus

from factotum.core.errors import NotFound
from factotum.core.ports import Clock, Threads
from factotum.linking.connection import Connection, Connections

USED_EVERY = 60.0
"""How exact "last used" is, in seconds."""
REFUSED = (
    "The service no longer accepts its credentials (it answered 401). If that goes on, link the "
    "account again."
)

log = logging.getLogger(__name__)


class Condition:
    """Notes use and health of accounts."""

    def __init__(self, connections: Connections, threads: Threads, clock: Clock) -> None:
        self._connections = connections
        self._threads = threads
        self._clock = clock
        self._used_at: dict[int, float] = {}
        self._health: dict[int, str] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def answered(self, connection: Connection, status: int) -> None:
        """The service has answered a request that was signed with this account."""
        account = connection.account
        health = "failing" if status == HTTPStatus.UNAUTHORIZED else "ok"
        if status >= HTTPStatus.BAD_REQUEST and health == "ok":
            health = self._health.get(account.id, str(account.get("health") or ""))
        now = self._clock().at.timestamp()
        known = self._health.get(account.id, str(account.get("health") or ""))
        if health == known and now - self._used_at.get(account.id, 0.0) < USED_EVERY:
            return
        self._used_at[account.id] = now
        self._health[account.id] = health
        task = asyncio.create_task(self._write(connection, int(now), health))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    def forget(self) -> None:
        """Linking may have changed what is known of an account."""
        self._health.clear()

    async def settled(self) -> None:
        """Wait until everything noted is written."""
        await asyncio.gather(*self._writing)

    async def _write(self, connection: Connection, at: int, health: str) -> None:
        reason = REFUSED if health == "failing" else ""
        try:
            await self._threads.run(self._connections.note_use, connection, at, health, reason)
        except NotFound:
            log.info("An account was deleted while it was used.")
        except Exception:
            log.exception("It could not be noted that account %s was used.", connection.account.id)
