"""Spending as it happens: reserved before a request leaves where there is a cap, settled after it.

Where nothing is capped, nothing is waited for: what was spent is added up in memory and goes to the
store together, a moment later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import uuid4

from factotum.core.errors import Refused, RetryLater
from factotum.core.ports import Clock, Threads
from factotum.core.single_flight import SingleFlight
from factotum.runs.batches import Batches
from factotum.runs.budgets.caps import WARN_AT, Cap, Subject, quantity
from factotum.runs.budgets.periods import day_and_month, end_of, period_of
from factotum.runs.budgets.ports import Book, BudgetStore, Change, Claim, Hold, Meter, MeterKey
from factotum.runs.budgets.prices import PriceTable, read_table, shipped

LINGER = 0.5  # seconds that what was spent may wait for more of it
STALE = 1.0  # seconds after which caps and prices are looked at again, while nobody waits
UNKNOWN = 3.0  # seconds after which they are waited for
DAY = 86400
SETTLING = 2.0  # seconds after which what is reserved now will have been settled


@dataclass(frozen=True, slots=True)
class Standing:
    """How one cap stands: ``used`` is spent and reserved."""

    cap: Cap
    used: int

    @property
    def left(self) -> int:
        """What may still be spent."""
        return max(0, self.cap.amount - self.used)

    @property
    def share(self) -> float:
        """How much of it is used; 1.0 is all."""
        return self.used / self.cap.amount if self.cap.amount else 1.0

    @property
    def is_close(self) -> bool:
        """Whether it is time to warn."""
        return self.share >= WARN_AT

    @property
    def warning(self) -> str:
        """For a person."""
        cap = self.cap
        return (
            f"{self.share:.0%} of the {cap.subject.type}'s budget of {cap.told} is used; "
            f"{quantity(cap.unit, self.left)} left."
        )


@dataclass(slots=True)
class Reservation:
    """What one request has reserved, until it is settled or abandoned; ``day`` is that of its meters."""

    subjects: Sequence[Subject]
    micros: int
    id: str = ""
    standings: Sequence[Standing] = ()
    day: int | None = None
    requests: int = 1


class Spending:
    """What accounts, bots and behaviors spend, and may."""

    def __init__(
        self, store: BudgetStore, threads: Threads, clock: Clock, executor_id: str = ""
    ) -> None:
        self._store = store
        self._executor_id = executor_id
        self._threads = threads
        self._clock = clock
        self._caps: dict[Subject, list[Cap]] = {}
        self._tables: dict[int, PriceTable] = {}
        self._read_at = -UNKNOWN
        self._spent: dict[tuple[tuple[Subject, ...], int], list[int]] = {}
        self._unwritten: dict[MeterKey, Change] = {}
        self._released: list[str] = []
        self._freed_at = -STALE
        self._batches = Batches(self._write, LINGER, "What requests cost")
        self._reading: SingleFlight[None] = SingleFlight()

    async def up_to_date(self) -> None:
        """Waits only where this process has not looked for a while."""
        age = monotonic() - self._read_at
        if age > UNKNOWN:
            await self._reading.fly("book", self._read)
        elif age > STALE:
            self._read_at += STALE / 2  # until then nobody else begins to look
            self._batches.due()

    async def look_again(self) -> None:
        """Caps or prices have been changed here."""
        await self._write()

    def prices(self, service_id: int, host: str) -> PriceTable:
        """The table of a service: what an admin typed in, else what is known of the host."""
        table = self._tables.get(service_id)
        return shipped(host) if table is None else table

    async def reserve(
        self,
        subjects: Sequence[Subject],
        micros: int,
        run_id: str = "",
        *,
        is_safe: bool = True,
        is_ours: bool = False,
    ) -> Reservation:
        """Call it when ``up_to_date`` has returned; ``is_safe`` as the request of that run is.

        Where it is ours no bot asks for it: then it is paid, and not one of the requests that are counted.

        RetryLater (``over-budget``) where a cap has no room before its day or month ends; Refused,
        with the same code, where one request costs more than the whole cap.
        """
        requests = 0 if is_ours else 1
        if not self._caps:
            return Reservation(subjects, micros, requests=requests)
        caps = [cap for subject in subjects for cap in self._caps.get(subject, ())]
        if is_ours:
            caps = [cap for cap in caps if cap.unit == "usd"]
        if not caps:
            return Reservation(subjects, micros, requests=requests)
        for cap in caps:
            _check_size(cap, micros)
        now = self._clock().at.timestamp()
        claims = _claims(caps, micros, now)
        hold = Hold(uuid4().hex, self._executor_id, run_id, is_safe, now)
        done = await self._threads.run(self._store.reserve, claims, hold)
        if done.full is not None and _may_be_freed(caps, done.meter, micros, now):
            if monotonic() - self._freed_at > STALE:
                await self.free()
            await self._write()  # what has been spent less than reserved makes room, too
            done = await self._threads.run(self._store.reserve, claims, hold)
        if done.full is not None and done.meter is not None:
            raise _over_budget(caps, done.meter, micros, now)
        standings = _standings(caps, done.meters, now)
        return Reservation(subjects, micros, hold.id, standings, int(now // DAY), requests)

    def settle(self, reservation: Reservation, micros: int, now: float) -> None:
        """The request was sent and cost that much: in the day in which room was reserved for it."""
        day = int(now // DAY) if reservation.day is None else reservation.day
        sums = self._spent.setdefault((tuple(reservation.subjects), day), [0, 0])
        sums[0] += reservation.requests
        sums[1] += micros
        self._batches.due()
        self.abandon(reservation)

    def abandon(self, reservation: Reservation) -> None:
        """Nothing was sent."""
        if reservation.id:
            self._released.append(reservation.id)
            self._batches.due()

    async def free(self) -> None:
        """What processes had reserved that live no more is free, as far as it was surely not sent."""
        self._freed_at = monotonic()
        await self._threads.run(self._store.free, self._executor_id)

    async def drain(self) -> None:
        """Everything spent so far is on disk."""
        await self._batches.drain()

    def _add(self, change: Change) -> None:
        known = self._unwritten.get(change.key)
        self._unwritten[change.key] = change if known is None else known + change
        self._batches.due()

    def _add_spent(self) -> None:
        """What each of these subjects has spent, to the meters of its day and month."""
        spent, self._spent = self._spent, {}
        for (subjects, day), (requests, micros) in spent.items():
            for period in day_and_month(day * DAY):
                for subject in subjects:
                    self._add(Change(MeterKey(subject, period), requests, micros))

    async def _write(self) -> None:
        self._add_spent()
        changes = list(self._unwritten.values())
        released, self._released = self._released, []
        self._unwritten.clear()
        try:
            if changes or released:
                await self._threads.run(self._store.settle, changes, released)
        except BaseException:
            self._released += released
            for change in changes:
                known = self._unwritten.get(change.key)
                self._unwritten[change.key] = change if known is None else known + change
            raise
        await self._read()

    async def _read(self) -> None:
        book = await self._threads.run(self._store.book)
        self._take(book)
        self._read_at = monotonic()

    def _take(self, book: Book) -> None:
        caps: dict[Subject, list[Cap]] = {}
        for cap in book.caps:
            caps.setdefault(cap.subject, []).append(cap)
        self._caps = caps
        tables: Mapping[int, Sequence[Mapping[str, Any]]] = book.prices or {}
        self._tables = {service_id: read_table(entries) for service_id, entries in tables.items()}


def _claims(caps: Sequence[Cap], micros: int, now: float) -> list[Claim]:
    """One for each meter, in an order that is the same for everybody."""
    amounts: dict[MeterKey, dict[str, int]] = {}
    for cap in caps:
        key = MeterKey(cap.subject, period_of(cap.period, now))
        amounts.setdefault(key, {})[cap.unit] = cap.amount
    return [
        Claim(key, micros, units.get("usd"), units.get("requests"))
        for key, units in sorted(amounts.items())
    ]


def _standings(caps: Sequence[Cap], meters: Sequence[Meter], now: float) -> list[Standing]:
    by_key = {meter.key: meter for meter in meters}
    return [
        Standing(cap, by_key[MeterKey(cap.subject, period_of(cap.period, now))].held(cap.unit))
        for cap in caps
    ]


def _check_size(cap: Cap, micros: int) -> None:
    one = micros if cap.unit == "usd" else 1
    if one > cap.amount:
        raise Refused(
            f"This costs {quantity(cap.unit, one)}, and the {cap.subject.type}'s whole budget is "
            f"{cap.told}. Raise it under Setup, Budgets.",
            code="over-budget",
        )


def _full_ones(caps: Sequence[Cap], meter: Meter, micros: int, now: float) -> list[Cap]:
    return [
        cap
        for cap in caps
        if MeterKey(cap.subject, period_of(cap.period, now)) == meter.key
        and meter.held(cap.unit) + (micros if cap.unit == "usd" else 1) > cap.amount
    ]


def _may_be_freed(caps: Sequence[Cap], meter: Meter | None, micros: int, now: float) -> bool:
    """Whether only reservations, which may turn out smaller, are in the way."""
    if meter is None:
        return False
    full = _full_ones(caps, meter, micros, now)
    return all(
        meter.spent(cap.unit) + (micros if cap.unit == "usd" else 1) <= cap.amount for cap in full
    )


def _over_budget(caps: Sequence[Cap], meter: Meter, micros: int, now: float) -> RetryLater:
    full = _full_ones(caps, meter, micros, now)
    cap = max(full, key=lambda each: each.period == "month", default=caps[0])
    held = Standing(cap, meter.held(cap.unit))
    if _may_be_freed(caps, meter, micros, now):
        return RetryLater(
            f"{held.warning} What is under way now holds the rest of it; trying again in a moment.",
            after=SETTLING,
            code="over-budget",
            until=now + SETTLING,
        )
    until = end_of(cap.period, now)
    when = "at" if cap.period == "day" else "on the first of next month at"
    return RetryLater(
        f"The {cap.subject.type}'s budget of {cap.told} is used up "
        f"({quantity(cap.unit, held.used)} spent); this would cost "
        f"{quantity(cap.unit, micros if cap.unit == 'usd' else 1)}. It has room again {when} "
        "00:00 UTC, or raise it under Setup, Budgets.",
        after=until - now,
        code="over-budget",
        until=until,
    )
