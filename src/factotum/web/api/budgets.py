"""Limits and money: what is left, what was spent, what may be, what things cost."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from factotum.bootstrap import get_app
from factotum.runs.budgets.money import amount
from factotum.runs.budgets.spending import Standing
from factotum.runs.limits.windows import Window
from factotum.usecases.budget_desk import Budget, Prices, Spent
from factotum.web.api import shapes
from factotum.web.api.answers import answers
from factotum.web.api.budget_answers import BUDGET, LIFTED, LIMITS, PRICES
from factotum.web.api.tokens import caller

router = Router(tags=["Limits and money"])


class CapEntry(Schema):
    """One cap."""

    period: Literal["day", "month"] = Field(description="Counted in UTC")
    unit: Literal["usd", "requests"]
    amount: str | int | float = Field(description='"5.00" dollars, or 100 requests')


class CapList(Schema):
    """All caps of one account, bot or behavior: what is not named is removed."""

    caps: list[CapEntry]


class PriceList(Schema):
    """A service's price table; null goes back to the one that comes with the product."""

    prices: list[dict[str, Any]] | None = Field(
        description='{"request": "POST /2/tweets", "price": "0.015"} and its like'
    )


@router.get(
    "/accounts/{int:id}/limits",
    summary="What is left for an account",
    openapi_extra=answers(ok=LIMITS),
)
async def account_limits(request: HttpRequest, id: int) -> dict[str, Any]:
    """Windows of the service with what is left and until when, refusals that hold, and spending."""
    found = await get_app().limits(caller(request, "read"), id)
    return {
        "account_id": id,
        "windows": [_window(window) for window in found.windows],
        "stops": [_stop(window) for window in found.stops],
        **budget(found.budget),
    }


@router.post(
    "/accounts/{int:id}/limits/go-on",
    summary="Lift what stops an account",
    openapi_extra=answers(ok=LIFTED),
)
async def go_on(request: HttpRequest, id: int) -> dict[str, Any]:
    """After credits were bought or a plan was changed: requests are sent again at once."""
    return {"lifted": await get_app().go_on(caller(request, "write"), id)}


def _add(path: str, whose: str) -> None:
    @router.get(
        f"/{path}/{{int:id}}/caps",
        summary=f"What an account, bot or behavior may spend ({whose})",
        operation_id=f"get_{whose}_caps",
        openapi_extra=answers(ok=BUDGET),
    )
    async def read(request: HttpRequest, id: int) -> dict[str, Any]:
        return budget(await get_app().budget(caller(request, "read"), whose, id))

    @router.put(
        f"/{path}/{{int:id}}/caps",
        summary=f"Set what it may spend ({whose})",
        operation_id=f"put_{whose}_caps",
        openapi_extra=answers(ok=BUDGET),
    )
    async def write(request: HttpRequest, id: int, body: CapList) -> dict[str, Any]:
        entries = [entry.dict() for entry in body.caps]
        return budget(await get_app().set_caps(caller(request, "write"), whose, id, entries))


_add("accounts", "account")
_add("bots", "bot")
_add("behaviors", "behavior")


@router.get(
    "/services/{int:id}/prices", summary="A service's prices", openapi_extra=answers(ok=PRICES)
)
async def get_prices(request: HttpRequest, id: int) -> dict[str, Any]:
    """The entries, and whether they were typed in here."""
    return _prices(await get_app().prices(caller(request, "read"), id))


@router.put(
    "/services/{int:id}/prices", summary="Set a service's prices", openapi_extra=answers(ok=PRICES)
)
async def put_prices(request: HttpRequest, id: int, body: PriceList) -> dict[str, Any]:
    """In US dollars, from the next request on."""
    return _prices(await get_app().set_prices(caller(request, "write"), id, body.prices))


def budget(found: Budget) -> dict[str, Any]:
    """``{spent: {day, month}, caps, warnings}``; money is text, in dollars."""
    return {
        "spent": {"day": _spent(found.today), "month": _spent(found.month)},
        "caps": [_cap(standing) for standing in found.standings],
        "warnings": list(found.warnings),
    }


def _spent(spent: Spent) -> dict[str, Any]:
    return {
        "period": spent.period,
        "requests": spent.requests,
        "usd": amount(spent.micros),
        "reserved_usd": amount(spent.reserved_micros),
        "ends_at": shapes.timestamp(spent.ends_at),
    }


def _cap(standing: Standing) -> dict[str, Any]:
    is_money = standing.cap.unit == "usd"
    return {
        **standing.cap.as_json(),
        "used": amount(standing.used) if is_money else standing.used,
        "left": amount(standing.left) if is_money else standing.left,
    }


def _window(window: Window) -> dict[str, Any]:
    return {
        **_place(window),
        "window": window.label or window.key.name,
        "limit": window.limit,
        "remaining": window.remaining,
        "resets_at": shapes.timestamp(window.reset_at),
    }


def _stop(window: Window) -> dict[str, Any]:
    return {
        **_place(window),
        "code": window.code,
        "until": shapes.timestamp(window.reset_at),
        "sentence": window.sentence,
    }


def _place(window: Window) -> dict[str, Any]:
    return {"scope": window.key.scope, "host": window.key.host, "family": window.key.family}


def _prices(found: Prices) -> dict[str, Any]:
    return {
        "service_id": found.service.id,
        "is_own": found.is_own,
        "prices": [dict(entry) for entry in found.entries],
    }
