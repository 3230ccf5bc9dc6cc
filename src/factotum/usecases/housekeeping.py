"""Forgets what is kept for a time only: old runs, expired keys. One process at a time does it."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from factotum.core.ports import Clock, Threads
from factotum.usecases.elapsing import Elapsing
from factotum.usecases.retention import Retention

EVERY = 3600.0  # seconds between two rounds
IDEMPOTENCY_SECONDS = 24 * 3600.0
LIMITS_SECONDS = 24 * 3600.0
METERS_SECONDS = 400 * 86400.0
ASKED_SECONDS = 3600.0  # after the end of a run that was told nothing
DELIVERY_SECONDS = 30 * 86400.0
"""How long a webhook knows a delivery again: longer than any sender tries, or a person resends."""

log = logging.getLogger(__name__)


class Purge(Protocol):
    """Something that forgets what is older than a time (seconds since 1970)."""

    def purge(self, before: float, /) -> int:
        """How many were forgotten."""


class Lease(Protocol):
    """Says which of several processes keeps house."""

    def take(self) -> bool:
        """Whether this one does; False while another does that lives."""

    def give_back(self) -> None:
        """Let others."""


class Reserved(Protocol):
    """What processes had reserved that live no more (``runs.budgets.spending``)."""

    async def free(self) -> None:
        """Have it counted as spent, or free."""


class Housekeeping:
    """Runs while the product serves."""

    def __init__(
        self,
        *,
        lease: Lease,
        reserved: Reserved,
        retention: Retention,
        bot_keys: Purge,
        idempotency_keys: Purge,
        limits: Purge,
        meters: Purge,
        deliveries: Purge,
        approvals: Purge,
        elapsing: Elapsing,
        threads: Threads,
        clock: Clock,
    ) -> None:
        self._lease = lease
        self._reserved = reserved
        self._retention = retention
        self._purges = (
            (bot_keys, 0.0),  # what has expired
            (idempotency_keys, IDEMPOTENCY_SECONDS),
            (limits, LIMITS_SECONDS),
            (meters, METERS_SECONDS),
            (deliveries, DELIVERY_SECONDS),
            (approvals, ASKED_SECONDS),
        )
        self._elapsing = elapsing
        self._threads = threads
        self._clock = clock

    async def keep_house(self) -> None:
        """Round after round, until cancelled; one that fails is logged and tried again."""
        while True:
            try:
                await self.once()
            except Exception:
                log.exception("Old runs and keys could not be forgotten; trying again in an hour.")
            await asyncio.sleep(EVERY)

    async def once(self) -> int:
        """One round; how many things were forgotten: none where another process is at it."""
        if not await self._threads.run(self._lease.take):
            return 0
        try:
            return await self._round()
        finally:
            await self._threads.run(self._lease.give_back)

    async def _round(self) -> int:
        now = self._clock().at.timestamp()
        is_sure = await self._elapsing.is_sure(now)
        gone = 0
        for purge, age in self._purges if is_sure else ():
            gone += await self._threads.run(purge.purge, now - age)
            if not await self._threads.run(self._lease.take):
                return gone  # it stood still, and another goes on with the rest
        await self._reserved.free()
        return gone + await self._retention.once(by_age=is_sure)
