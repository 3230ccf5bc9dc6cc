"""Pending links, refresh leases, threads and a clock in memory, as strict as the real ones."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from dataclasses import replace
from threading import Lock

from factotum.core.values import Moment
from factotum.linking.ports import Claim, Lease, PendingLink


class MemoryPendingLinks:
    def __init__(self) -> None:
        self.rows: dict[str, PendingLink] = {}
        self._lock = Lock()

    def save(self, state: str, pending: PendingLink) -> None:
        self.rows[_hash(state)] = pending

    def get(self, state: str) -> PendingLink | None:
        return self.rows.get(_hash(state))

    def latest(self, account_id: int, worker_id: int | None) -> PendingLink | None:
        theirs = [
            row
            for row in self.rows.values()
            if (row.account_id, row.worker_id, row.taken_at) == (account_id, worker_id, None)
        ]
        return max(theirs, key=lambda row: row.created_at, default=None)

    def take(self, state: str, at: float) -> bool:
        with self._lock:
            row = self.rows.get(_hash(state))
            if row is None or row.taken_at is not None:
                return False
            self.rows[_hash(state)] = replace(row, taken_at=at)
            return True

    def forget_before(self, at: float) -> None:
        self.rows = {key: row for key, row in self.rows.items() if row.expires_at >= at}


class MemoryLeases:
    """``history`` keeps every phase an account went through, in order."""

    def __init__(self) -> None:
        self.rows: dict[int, Lease] = {}
        self.history: list[tuple[int, str]] = []
        self._lock = Lock()

    def claim(self, lease: Lease, now: float) -> Claim:
        with self._lock:
            before = self.rows.get(lease.account_id)
            if before and before.phase in {"intended", "answered"} and before.until > now:
                return Claim(False, before)
            self._put(lease)
            return Claim(True, before)

    def mark(self, account_id: int, holder: str, phase: str, note: str = "") -> bool:
        with self._lock:
            row = self.rows.get(account_id)
            if row is None or row.holder != holder:
                return False
            self._put(replace(row, phase=phase, note=note))
            return True

    def _put(self, lease: Lease) -> None:
        self.rows[lease.account_id] = lease
        self.history.append((lease.account_id, lease.phase))


class WorkerThreads:
    async def run(self, work, *args, **kwargs):
        return await asyncio.to_thread(work, *args, **kwargs)


class MovableClock:
    """The real time, moved by ``offset`` seconds."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> Moment:
        return Moment.of(time.time() + self.offset, secrets.randbits(128))


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
