"""Limits and money for people and programs: what is left, what was spent, what may be."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.ports import Clock, Threads
from factotum.core.values import Actor, Record, Ref
from factotum.runs.budgets.caps import Cap, Subject, read_caps
from factotum.runs.budgets.periods import day_and_month, end_of, period_of
from factotum.runs.budgets.ports import BudgetStore, Meter, MeterKey
from factotum.runs.budgets.prices import read_table
from factotum.runs.budgets.spending import Spending, Standing
from factotum.runs.limits.gate import LimitGate
from factotum.runs.limits.keeping import UNKNOWN
from factotum.runs.limits.ports import LimitStore
from factotum.runs.limits.rules import CODES, Rules, generic, rules_for
from factotum.runs.limits.windows import Window
from factotum.runs.ports import RunStore
from factotum.usecases.record_desk import RecordDesk

TYPES = {"account": "connected_account", "bot": "bot", "behavior": "behavior"}
"""Whose money → the record type."""
MOST_PRICES = 500
SHOWN = 200  # of each on the overview
LOOKS = frozenset({"checking"})  # these wait for the same windows and budgets
OVER_BUDGET = LOOKS | {"over-budget"}
FOR_A_PERSON = frozenset({"out-of-credits", "month-cap"})
"""What stops an account until somebody pays, or for weeks."""
KNOWN_BY_ALL = UNKNOWN + 1.0  # seconds after which every worker knows what was changed here


@dataclass(frozen=True, slots=True)
class Spent:
    """One day or month. Money in millionths of a dollar; ``ends_at`` in seconds since 1970."""

    period: str
    requests: int
    micros: int
    reserved_micros: int
    ends_at: float


@dataclass(frozen=True, slots=True)
class Budget:
    """What one account, bot or behavior spent and may spend."""

    subject: Subject
    record: Record
    today: Spent
    month: Spent
    standings: Sequence[Standing]

    @property
    def warnings(self) -> Sequence[str]:
        """For a person: which caps are nearly used."""
        return [standing.warning for standing in self.standings if standing.is_close]


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """``windows`` have room counted by the service; ``stops`` are refusals that still hold."""

    budget: Budget
    windows: Sequence[Window]
    stops: Sequence[Window]
    now: float = 0.0

    @property
    def is_full(self) -> bool:
        """Whether something is not sent now."""
        used_up = (not each.remaining and each.reset_at > self.now for each in self.windows)
        return bool(self.stops) or any(used_up)


@dataclass(frozen=True, slots=True)
class Overview:
    """``stops`` has one refusal that holds now for each account that is stopped."""

    budgets: Sequence[Budget]
    stops: Mapping[Subject, Window]


@dataclass(frozen=True, slots=True)
class Prices:
    """A service's price table; ``is_own`` where an admin typed it in."""

    service: Record
    entries: Sequence[Mapping[str, Any]]
    is_own: bool
    known_as: str


class BudgetDesk:
    """Reads and changes limits, budgets and prices."""

    def __init__(
        self,
        *,
        records: RecordDesk,
        gate: LimitGate,
        limits: LimitStore,
        spending: Spending,
        budgets: BudgetStore,
        runs: RunStore,
        threads: Threads,
        clock: Clock,
    ) -> None:
        self._records = records
        self._gate = gate
        self._limits = limits
        self._spending = spending
        self._budgets = budgets
        self._runs = runs
        self._threads = threads
        self._clock = clock
        self._waking: set[asyncio.Future[None]] = set()

    async def limits(self, actor: Actor, account_id: int) -> AccountLimits:
        """What is left for an account at its service, and what was spent as it."""
        budget = await self.budget(actor, "account", account_id)
        await self._gate.refresh()
        now = self._clock().at.timestamp()
        found = await self._threads.run(self._limits.of, "account", account_id)
        app_id = int(budget.record.get("service_id") or 0)
        if app_id:
            found = [*found, *await self._threads.run(self._limits.of, "app", app_id)]
        open_ = [window for window in found if window.code and window.reset_at > now]
        return AccountLimits(
            budget,
            [window for window in open_ if not window.is_stop],
            [window for window in open_ if window.is_stop],
            now,
        )

    async def budget(self, actor: Actor, whose: str, id: int) -> Budget:
        """One account's, bot's or behavior's."""
        record = await self._record(actor, whose, id)
        [found] = await self._budgets_of([(Subject(whose, id), record)])
        return found

    async def overview(self, actor: Actor) -> Overview:
        """Of the accounts, and of the bots and behaviors that spend or may only so much."""
        await self._spending.look_again()
        await self._gate.refresh()
        _, month = day_and_month(self._clock().at.timestamp())
        meters = await self._threads.run(self._budgets.meters, [], [month])
        book = await self._threads.run(self._budgets.book)
        accounts = await self._records.find(actor, "connected_account", sort="name", limit=SHOWN)
        records = {Subject("account", each.id): each for each in accounts.records}
        for subject in _most_spent(meters, book.caps):
            if subject not in records:
                with suppress(NotFound):
                    records[subject] = await self._record(actor, subject.type, subject.id)
        now = self._clock().at.timestamp()
        stopped = {window.key[:2]: window for window in self._gate.stops(now)}
        return Overview(
            await self._budgets_of(list(records.items())),
            {
                subject: stop
                for subject, record in records.items()
                if (stop := _stop_of(subject, record, stopped)) is not None
            },
        )

    async def near_their_end(self, actor: Actor) -> Sequence[Budget]:
        """Budgets of which four fifths are used or more; reads nothing else where there is no cap."""
        caps = (await self._threads.run(self._budgets.book)).caps
        if not caps:
            return []
        now = self._clock().at.timestamp()
        subjects = list(dict.fromkeys(cap.subject for cap in caps))
        meters = await self._threads.run(self._budgets.meters, subjects, day_and_month(now))
        by_key = {meter.key: meter for meter in meters}
        found = []
        for subject in subjects:
            if any(standing.is_close for standing in _standings(subject, by_key, caps, now)):
                with suppress(NotFound):
                    record = await self._record(actor, subject.type, subject.id)
                    found.append(_budget(subject, record, by_key, caps, now))
        return found

    async def stopped(self, actor: Actor) -> Sequence[tuple[Record, Window]]:
        """Accounts for which the service wants money or another plan, and what it said."""
        await self._gate.refresh()
        stops = self._gate.stops(self._clock().at.timestamp())
        by_whom = {stop.key[:2]: stop for stop in stops if stop.code in FOR_A_PERSON}
        if not by_whom:
            return []
        accounts = await self._records.find(actor, "connected_account", sort="name", limit=SHOWN)
        return [
            (record, stop)
            for record in accounts.records
            if (stop := _stop_of(Subject("account", record.id), record, by_whom)) is not None
        ]

    async def set_caps(
        self, actor: Actor, whose: str, id: int, entries: Sequence[Mapping[str, Any]]
    ) -> Budget:
        """These are its caps from now on, on every worker within seconds; none for no entries."""
        record = await self._record(actor, whose, id)
        if not await self._records.may_edit(actor, record):
            raise Refused(f"You may not change the budget of {record.label}.", code="not-allowed")
        subject = Subject(whose, id)
        caps = read_caps(subject, entries)
        before = (await self.budget(actor, whose, id)).standings  # what was spent until now counts
        await self._threads.run(self._budgets.set_caps, subject, caps)
        await self._spending.look_again()
        if _is_raised([standing.cap for standing in before], caps):
            await self._wake(OVER_BUDGET)
        return await self.budget(actor, whose, id)

    async def go_on(self, actor: Actor, account_id: int) -> int:
        """Somebody says that the service takes requests again: how many stops were lifted."""
        record = await self._record(actor, "account", account_id)
        if not await self._records.may_edit(actor, record):
            raise Refused(f"You may not do that for {record.label}.", code="not-allowed")
        lifted = await self._gate.go_on(account_id, int(record.get("service_id") or 0))
        await self._wake(LOOKS | CODES)
        return lifted

    async def _wake(self, codes: Collection[str]) -> None:
        """Runs that wait for a service or a budget look again, once every worker knows of this.

        Those for whom nothing has changed wait on: nothing of them is sent. A worker that does not
        know yet may send others to wait meanwhile, so they are woken then, too.
        """
        await self._wake_at(codes, KNOWN_BY_ALL)
        asyncio.get_running_loop().call_later(KNOWN_BY_ALL, self._wake_others, codes)

    def _wake_others(self, codes: Collection[str]) -> None:
        task = asyncio.ensure_future(self._wake_at(codes, 0.0))
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    async def _wake_at(self, codes: Collection[str], seconds: float) -> None:
        at = self._clock().at.timestamp() + seconds
        await self._threads.run(self._runs.wake, codes, at)

    async def prices(self, actor: Actor, service_id: int) -> Prices:
        """A service's price table."""
        service = await self._records.get(actor, Ref("connected_service", service_id))
        book = await self._threads.run(self._budgets.book)
        own = (book.prices or {}).get(service_id)
        rules = _rules_of(service)
        entries = own if own is not None else rules.prices
        return Prices(service, entries, own is not None, rules.name)

    async def set_prices(
        self, actor: Actor, service_id: int, entries: Sequence[Mapping[str, Any]] | None
    ) -> Prices:
        """This is the table from now on; None goes back to the one that came with the product."""
        if not actor.is_admin:
            raise Refused("Only admins may change prices.", code="not-allowed")
        await self._records.get(actor, Ref("connected_service", service_id))
        if entries is not None:
            if len(entries) > MOST_PRICES:
                raise BadInput(f"A table has at most {MOST_PRICES} prices.", code="bad-price")
            read_table(entries)
        await self._threads.run(self._budgets.set_prices, service_id, entries)
        await self._spending.look_again()
        await self._wake(OVER_BUDGET)
        return await self.prices(actor, service_id)

    async def _record(self, actor: Actor, whose: str, id: int) -> Record:
        if whose not in TYPES:
            raise NotFound("Budgets are of an account, a bot or a behavior.")
        return await self._records.get(actor, Ref(TYPES[whose], id))

    async def _budgets_of(self, subjects: Sequence[tuple[Subject, Record]]) -> list[Budget]:
        if not subjects:
            return []
        await self._spending.look_again()
        now = self._clock().at.timestamp()
        whose = [subject for subject, _ in subjects]
        meters = await self._threads.run(self._budgets.meters, whose, day_and_month(now))
        book = await self._threads.run(self._budgets.book)
        by_key = {meter.key: meter for meter in meters}
        return [_budget(subject, record, by_key, book.caps, now) for subject, record in subjects]


def _most_spent(meters: Sequence[Meter], caps: Sequence[Cap]) -> Sequence[Subject]:
    """Those with a cap, then those that spent most."""
    most = sorted(meters, key=lambda each: (each.micros, each.requests), reverse=True)
    found = [*(cap.subject for cap in caps), *(meter.key.subject for meter in most)]
    return list(dict.fromkeys(found))[:SHOWN]


def _budget(
    subject: Subject,
    record: Record,
    meters: Mapping[MeterKey, Meter],
    caps: Sequence[Cap],
    now: float,
) -> Budget:
    def spent(kind: str) -> Spent:
        found = _meter(subject, meters, kind, now)
        ends_at = end_of(kind, now)
        return Spent(found.key.period, found.requests, found.micros, found.reserved_micros, ends_at)

    standings = _standings(subject, meters, caps, now)
    return Budget(subject, record, spent("day"), spent("month"), standings)


def _standings(
    subject: Subject, meters: Mapping[MeterKey, Meter], caps: Sequence[Cap], now: float
) -> list[Standing]:
    return [
        Standing(cap, _meter(subject, meters, cap.period, now).held(cap.unit))
        for cap in caps
        if cap.subject == subject
    ]


def _meter(subject: Subject, meters: Mapping[MeterKey, Meter], kind: str, now: float) -> Meter:
    key = MeterKey(subject, period_of(kind, now))
    return meters.get(key, Meter(key))


def _stop_of(
    subject: Subject, record: Record, stopped: Mapping[tuple[str, int], Window]
) -> Window | None:
    """What stops an account: a refusal of its own, or one of its service's app."""
    own = stopped.get(subject)
    if own is not None or subject.type != "account":
        return own
    return stopped.get(("app", int(record.get("service_id") or 0)))


def _is_raised(before: Sequence[Cap], after: Sequence[Cap]) -> bool:
    """Whether a cap was raised or taken away."""
    amounts = {(cap.period, cap.unit): cap.amount for cap in after}
    return any(cap.amount < amounts.get((cap.period, cap.unit), cap.amount + 1) for cap in before)


def _rules_of(service: Record) -> Rules:
    """The rules of the first host that this service names and somebody has described."""
    params = service.get("params") or {}
    named = [*(service.get("hosts") or []), *map(str, params.values())]
    for each in named:
        host = urlsplit(each).netloc if "://" in each else each
        found = rules_for(host)
        if found.name:
            return found
    return generic()
