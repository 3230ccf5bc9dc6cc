"""What every request passes on its way out: is there room at the service, and may it cost that much?

The driver calls ``enter`` before a request and ``leave`` after it, whatever came. Neither waits for
a write to the database, except where a cap is set: then what it may cost is reserved first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from factotum.core.errors import NoAnswer, Refused, RetryLater
from factotum.core.http import Request, Response
from factotum.core.ports import Clock
from factotum.runs.budgets.caps import Subject
from factotum.runs.budgets.money import amount
from factotum.runs.budgets.periods import day_and_month
from factotum.runs.budgets.prices import Quote, Seen, spent
from factotum.runs.budgets.spending import Reservation, Spending, Standing
from factotum.runs.context import RunContext
from factotum.runs.limits.gate import Caller, LimitGate, Place, describe, where
from factotum.runs.ports import SigningAccount


@dataclass(slots=True)
class Pass:
    """One request that was let through."""

    place: Place
    quote: Quote
    reservation: Reservation = field(repr=False)
    is_ours: bool = False


class Passage:
    """One request's way through the gate: ``enter``, ``through``, and in any case ``end``."""

    def __init__(
        self,
        gate: Gate,
        request: Request,
        account: SigningAccount | None,
        context: RunContext,
        *,
        is_ours: bool = False,
    ) -> None:
        self._gate = gate
        self._request = request
        self._account = account
        self._context = context
        self._is_ours = is_ours
        self._passed: Pass | None = None

    async def enter(self) -> None:
        """As ``Gate.enter``; before anything is written down of the request."""
        self.end()
        self._passed = await self._gate.enter(
            self._request, self._account, self._context, is_ours=self._is_ours
        )

    async def through(self, send: Callable[[], Awaitable[Response]]) -> Response:
        """What ``send`` gives.

        In a durable run RetryLater where the service had no room, and surely did nothing. What was
        redirected has been acted on: only what came after it found no room.
        """
        if self._passed is None:
            await self.enter()
        try:
            response = await send()
        except BaseException as failure:
            self._leave(None, failure)
            raise
        refused = self._leave(response, None)
        is_sure = self._request.is_safe or not (response.is_redirected or response.status == 503)
        if refused is not None and self._context.is_durable and is_sure:
            raise refused
        return response

    def end(self) -> None:
        """What was let through and never sent has used nothing."""
        if self._passed is not None:
            self._leave(None, Refused("It was not sent."))

    def _leave(self, response: Response | None, failure: BaseException | None) -> RetryLater | None:
        passed, self._passed = self._passed, None
        if passed is None:
            return None
        return self._gate.leave(passed, response, failure, self._context)


class Gate:
    """Limits and budgets, around each request."""

    def __init__(self, limits: LimitGate, spending: Spending, clock: Clock) -> None:
        self._limits = limits
        self._spending = spending
        self._clock = clock
        self._seen = Seen()

    def passage(
        self,
        request: Request,
        account: SigningAccount | None,
        context: RunContext,
        *,
        is_ours: bool = False,
    ) -> Passage:
        """A way through for one request.

        ``is_ours`` for what no bot asks for: it costs money like any other, and is none of the requests
        that the bot may send.
        """
        return Passage(self, request, account, context, is_ours=is_ours)

    async def enter(
        self,
        request: Request,
        account: SigningAccount | None,
        context: RunContext,
        *,
        is_ours: bool = False,
    ) -> Pass:
        """The pass to give back with ``leave``.

        RetryLater where there is no room now; its ``until`` says when, its code why:
        ``rate-limited``, ``day-limit``, ``month-cap``, ``out-of-credits``, ``over-budget``. Refused
        (``over-budget``) where the request costs more than a whole budget.
        """
        caller = _caller(account, context)
        place = await self._limits.enter(request, caller)
        try:
            await self._spending.up_to_date()
            quote = self._quote(request, caller)
            reservation = await self._spending.reserve(
                _subjects(caller, context),
                quote.micros,
                context.journal.run.id,
                is_safe=request.is_safe,
                is_ours=is_ours,
            )
        except BaseException:
            self._limits.give_up(place)
            raise
        _warn(reservation.standings, context)
        return Pass(place, quote, reservation, is_ours)

    def leave(
        self,
        passed: Pass,
        response: Response | None,
        failure: BaseException | None,
        context: RunContext,
    ) -> RetryLater | None:
        """What the service refused the request for, where it was for want of room; else None.

        It was not done then, so it may be sent again once its time has come.
        """
        now = self._clock().at.timestamp()
        refused = self._limits.leave(passed.place, response, failure, now)
        cost = self._pay(passed, response, failure, now)
        if cost:
            context.journal.pay(cost)
        if not passed.is_ours:
            context.priced = _told(cost, passed.reservation.standings, refused)
        if refused is not None:
            told = describe(refused)
            context.journal.step("", "warning", "The service had no room", "ok", data=told)
        return refused

    async def drain(self) -> None:
        """What was learned and spent is on disk."""
        await self._limits.drain()
        await self._spending.drain()

    async def quote(
        self, request: Request, account: SigningAccount | None, context: RunContext
    ) -> dict[str, Any]:
        """What a simulated request would cost at most, as its step in the journal tells it."""
        await self._spending.up_to_date()
        quote = self._quote(request, _caller(account, context))
        if quote.price is None:
            return {}
        context.journal.pay(quote.micros)
        return {"cost": {"usd": amount(quote.micros), "is_estimate": True}}

    def _quote(self, request: Request, caller: Caller) -> Quote:
        _, host, _ = where(request.method, request.url.partition("?")[0])
        return self._spending.prices(caller.app_id, host).quote(request)

    def _pay(
        self,
        passed: Pass,
        response: Response | None,
        failure: BaseException | None,
        now: float,
    ) -> int | None:
        """What it cost; None where nothing was sent."""
        if response is not None:
            day, _ = day_and_month(now)
            seen = self._seen.of(passed.place.caller.app_id, day)
            cost = spent(passed.quote, response, seen)
        elif isinstance(failure, NoAnswer | Refused) and not failure.sent:
            self._spending.abandon(passed.reservation)
            return None
        else:
            cost = passed.quote.micros  # it may have arrived
        self._spending.settle(passed.reservation, cost, now)
        return cost


def _caller(account: SigningAccount | None, context: RunContext) -> Caller:
    if account is None:
        return Caller(0, 0, context.bot_id or 0)
    return Caller(account.id, account.service_id, context.bot_id or 0, account.name)


def _subjects(caller: Caller, context: RunContext) -> list[Subject]:
    ids = {
        "account": caller.account_id,
        "bot": caller.bot_id,
        "behavior": context.journal.run.behavior_id or 0,
    }
    return [Subject(whose, number) for whose, number in ids.items() if number]


def _warn(standings: Sequence[Standing], context: RunContext) -> None:
    """Once a run for each budget that comes to its end."""
    for standing in standings:
        if not standing.is_close or standing.cap in context.warned:
            continue
        context.warned.add(standing.cap)
        cap = standing.cap
        data = {"sentence": standing.warning, "code": "near-budget", "cap": cap.as_json()}
        context.journal.step("", "warning", "A budget is nearly used up", "ok", data=data)


def _told(
    cost: int | None, standings: Sequence[Standing], refused: RetryLater | None
) -> dict[str, Any]:
    """What the request's step in the journal tells of cost, budget and limit; {} for nothing."""
    told: dict[str, Any] = {}
    if cost:
        told["cost"] = {"usd": amount(cost)}
    if standings:
        told["budget"] = [
            {
                "of": each.cap.subject.type,
                **each.cap.as_json(),
                "left": amount(each.left) if each.cap.unit == "usd" else each.left,
            }
            for each in standings
        ]
    if refused is not None:
        told["limit"] = describe(refused)
    return told
