"""Counts what webhooks turn away. Strangers may send any number: the disk hears of it twice a second."""

from __future__ import annotations

import asyncio
from collections import deque

from factotum.core.errors import Refused
from factotum.core.ports import Clock, Threads
from factotum.usecases.deliveries import Deliveries, RefusedDelivery
from factotum.usecases.unbroken import Unbroken

LINGER = 0.5  # seconds
LAST = 10  # of each webhook that are told one by one


class RefusedCounter:
    """What was turned away since it was last written down."""

    def __init__(
        self, deliveries: Deliveries, threads: Threads, clock: Clock, unbroken: Unbroken
    ) -> None:
        self._deliveries = deliveries
        self._threads = threads
        self._clock = clock
        self._unbroken = unbroken
        self._counts: dict[int, int] = {}
        self._last: dict[int, deque[RefusedDelivery]] = {}

    def note(self, listener_id: int, why: Refused, client_ip: str) -> None:
        """One more; it is written down soon."""
        if not self._counts:
            self._unbroken.start(self._write_soon())
        self._counts[listener_id] = self._counts.get(listener_id, 0) + 1
        told = RefusedDelivery(self._clock().at.timestamp(), why.code, why.sentence, client_ip)
        self._last.setdefault(listener_id, deque(maxlen=LAST)).appendleft(told)

    async def _write_soon(self) -> None:
        await asyncio.sleep(LINGER)
        counts, self._counts = self._counts, {}
        last, self._last = self._last, {}
        for listener_id, count in counts.items():
            await self._threads.run(
                self._deliveries.refused, listener_id, count, list(last[listener_id])
            )
