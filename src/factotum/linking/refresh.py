"""One refresh at a time for an account, ever, and a journal of how far it came.

A refresh token often works once, and using it twice may kill what it belongs to. So callers in one
process share one refresh, processes take turns by a lease in the store, and whoever waited takes the
tokens that the other one saved. The lease is also the journal: *intended* is committed before the
request leaves, *answered* when the provider has given new tokens, *saved* together with them. A crash
in between is found by the next one: new tokens may have been made and lost. The old refresh token
is then the only one there is, so it is tried once; where it is dead, the account's reason says what
happened. A caller that is cancelled does not stop a refresh.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from factotum.auth.scheme import Linked
from factotum.core.errors import (
    FactotumError,
    LinkFailed,
    NoAnswer,
    Refused,
    RelinkNeeded,
    RetryLater,
)
from factotum.core.ports import Clock, Sender, Threads
from factotum.linking.connection import Connection, Connections
from factotum.linking.conversation import ANSWER_SECONDS, converse
from factotum.linking.ports import Lease, RefreshLeases

LEASE_SECONDS = 3 * ANSWER_SECONDS
"""Longer than a refresh can take: two requests of ANSWER_SECONDS, and the time to save."""
POLL_SECONDS = 0.1
PATIENCE = 30.0
"""Seconds after which a refresh that could not be made now is worth another try."""
SAVE_PAUSES = (0.2, 1.0, 3.0)
"""Between tries to save tokens that exist nowhere else."""

UNFINISHED = frozenset({"intended", "answered", "unknown"})


class Refresher:
    """Renews an account's credentials."""

    def __init__(
        self,
        connections: Connections,
        leases: RefreshLeases,
        sender: Sender,
        threads: Threads,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._leases = leases
        self._sender = sender
        self._threads = threads
        self._clock = clock
        self._under_way: dict[tuple[int, int], asyncio.Task[Connection]] = {}

    async def refreshed(self, stale: Connection) -> Connection:
        """The connection with newer credentials than ``stale``, whoever got them.

        RelinkNeeded where the provider says no for good, RetryLater where it cannot be asked now,
        Refused where the service is set up wrongly; the account's health says so from then on.
        """
        key = (id(asyncio.get_running_loop()), stale.account.id)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._take_turn(stale))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    def _ended(self, key: tuple[int, int], task: asyncio.Task[Connection]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen: whoever still waits gets it, and nobody may be waiting

    async def _take_turn(self, stale: Connection) -> Connection:
        """Wait for the lease at most as long as one lasts."""
        lease = Lease(stale.account.id, uuid4().hex, 0.0, "intended", 0.0)
        for _ in range(int((LEASE_SECONDS + 1) / POLL_SECONDS)):
            now = self._now()
            lease = replace(lease, until=now + LEASE_SECONDS, started_at=now)
            claim = await self._threads.run(self._leases.claim, lease, now)
            if claim.is_ours:
                return await self._refresh(stale, lease, claim.before)
            await asyncio.sleep(POLL_SECONDS)
        raise RetryLater(
            f"{stale.account.label} is being refreshed elsewhere.",
            after=PATIENCE,
            code="refresh-busy",
        )

    async def _refresh(self, stale: Connection, lease: Lease, before: Lease | None) -> Connection:
        held = await self._threads.run(self._connections.open, lease.account_id)
        if held.sealed != stale.sealed:
            await self._mark(lease, "saved")
            return held
        dialogue = held.scheme.refresh(held.credentials, self._clock())
        try:
            linked = await converse(dialogue, held, self._sender)
        except FactotumError as error:
            return await self._failed(held, lease, before, error)
        with suppress(Exception):  # a note that fails must not keep the tokens from being saved
            await self._mark(lease, "answered")
        await self._save(held, lease, linked)
        return await self._threads.run(self._connections.open, lease.account_id)

    async def _save(self, held: Connection, lease: Lease, linked: Linked) -> None:
        """Keep the tokens and the journal's end as one; a busy database is asked again."""
        for pause in SAVE_PAUSES:
            try:
                return await self._threads.run(self._save_now, held, lease, linked)
            except FactotumError:  # the account is gone, or the like: no use in trying again
                raise
            except Exception:  # noqa: BLE001 - whatever the database is troubled by
                await asyncio.sleep(pause)
        return await self._threads.run(self._save_now, held, lease, linked)

    def _save_now(self, held: Connection, lease: Lease, linked: Linked) -> None:
        with self._connections.atomic():
            self._connections.keep_refresh(held, linked)
            self._leases.mark(lease.account_id, lease.holder, "saved")

    async def _failed(
        self, held: Connection, lease: Lease, before: Lease | None, error: FactotumError
    ) -> Connection:
        """Write down what happened; the error that the caller should see is raised."""
        now = await self._threads.run(self._connections.open, lease.account_id)
        if now.sealed != held.sealed:  # another process, that we took for dead, was not
            await self._mark(lease, "failed", error.sentence)
            return now
        may_be_lost = isinstance(error, NoAnswer) and error.sent
        await self._mark(lease, "unknown" if may_be_lost else "failed", error.sentence)
        shown = _as_shown(held, error, before)
        if isinstance(shown, RelinkNeeded):
            await self._note(held, "relink", shown)
        elif isinstance(shown, Refused):
            await self._note(held, "failing", shown)
        raise shown from error

    async def _note(self, held: Connection, health: str, error: FactotumError) -> None:
        await self._threads.run(self._connections.note_health, held, health, error.sentence)

    async def _mark(self, lease: Lease, phase: str, note: str = "") -> None:
        await self._threads.run(self._leases.mark, lease.account_id, lease.holder, phase, note)

    def _now(self) -> float:
        return self._clock().at.timestamp()


def _as_shown(held: Connection, error: FactotumError, before: Lease | None) -> FactotumError:
    """The error as its type should say what happens next, with what a crash before it explains."""
    name = held.account.label
    match error:
        case RelinkNeeded():
            return RelinkNeeded(f"{error.sentence}{_what_was_cut(before)}", code=error.code)
        case NoAnswer():
            sentence = f"{name} could not be refreshed: {error.sentence}"
            return RetryLater(sentence, after=PATIENCE, code=error.code)
        case LinkFailed():
            return Refused(f"{name} could not be refreshed: {error.sentence}", code=error.code)
    return error


def _what_was_cut(before: Lease | None) -> str:
    if before is None or before.phase not in UNFINISHED:
        return ""
    when = datetime.fromtimestamp(before.started_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    how = {
        "answered": "got new tokens, but was cut off before they were saved",
        "intended": "was cut off before it was known whether new tokens were given",
        "unknown": "got no answer, so new tokens may have been given and lost",
    }
    return f" The refresh of {when} {how[before.phase]}."
