"""*Setup » Configure » Budgets*: what is left at a service, what was spent, caps and prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from factotum.core.errors import BadInput, NotFound
from factotum.runs.budgets.caps import Cap, quantity
from factotum.runs.budgets.money import dollars
from factotum.runs.budgets.spending import Standing
from factotum.runs.limits.windows import Window
from factotum.usecases.budget_desk import TYPES, Budget, Prices
from factotum.web.asking import actor_of, admins_only, app, result
from factotum.web.forms import Input

CAPS = (
    ("day", "usd", "Dollars a day", "for example 5.00"),
    ("month", "usd", "Dollars a month", "for example 100"),
    ("day", "requests", "Requests a day", "for example 500"),
    ("month", "requests", "Requests a month", "for example 10000"),
)
"""The caps there can be, as the form shows them."""
STOPPED = {
    "rate-limited": "The service wants a pause",
    "day-limit": "The day's limit is used up",
    "month-cap": "The month's cap is used up",
    "out-of-credits": "There are no credits left",
}
EMPTY_ROWS = 2
PRICE_KEYS = ("request", "price", "per", "body_has", "most", "default", "listed")


@admins_only
def budgets(request: HttpRequest) -> HttpResponseBase:
    """Every account, and what bots and behaviors spend."""
    found = result(app().budget_overview(actor_of(request)))
    rows = [_row(each, found.stops.get(each.subject)) for each in found.budgets]
    page = result(app().find(actor_of(request), "connected_service", "", sort="name", limit=200))
    context = {
        "accounts": [row for row in rows if row["whose"] == "account"],
        "others": [row for row in rows if row["whose"] != "account"],
        "services": page.records,
    }
    return render(request, "setup/budgets.html", context)


def budget(request: HttpRequest, whose: str, id: int) -> HttpResponseBase:
    """GET: one account, bot or behavior. POST: its caps."""
    if whose not in TYPES:
        raise NotFound("There is no such budget.")
    if request.method != "POST":
        return _page(request, whose, id)
    entries = _typed(request.POST)
    try:
        result(app().set_caps(actor_of(request), whose, id, entries))
    except BadInput as error:
        return _page(request, whose, id, error, entries)
    messages.success(request, "The budget is saved." if entries else "There is no cap any more.")
    return redirect(f"/setup/configure/budgets/{whose}/{id}")


@require_POST
def go_on(request: HttpRequest, id: int) -> HttpResponseBase:
    """A person says that the service takes requests again."""
    lifted = result(app().go_on(actor_of(request), id))
    messages.success(
        request,
        "Requests are sent again; runs that wait for it go on in some seconds."
        if lifted
        else "Nothing stops this account.",
    )
    return redirect(f"/setup/configure/budgets/account/{id}")


def prices(request: HttpRequest, id: int) -> HttpResponseBase:
    """GET: a service's prices. POST: as they are from now on, or the product's own again."""
    actor = actor_of(request)
    if request.method != "POST":
        return _price_page(request, result(app().prices(actor, id)))
    found = result(app().prices(actor, id))
    typed = _typed_prices(request.POST, len(found.entries))
    try:
        result(app().set_prices(actor, id, None if request.POST.get("reset") else typed))
    except BadInput as error:
        return _price_page(request, found, error.sentence, typed)
    messages.success(request, "The prices are saved; they count from the next request on.")
    return redirect(f"/setup/configure/prices/{id}")


def _page(
    request: HttpRequest,
    whose: str,
    id: int,
    error: BadInput | None = None,
    typed: list[dict[str, str]] | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    limits = result(app().limits(actor, id)) if whose == "account" else None
    found = limits.budget if limits else result(app().budget(actor, whose, id))
    inputs = _inputs([each.cap for each in found.standings], error, typed)
    context = {
        "budget": found,
        "whose": whose,
        "type": TYPES[whose],
        "service_id": found.record.get("service_id"),
        "bars": [_bar(standing) for standing in found.standings],
        "periods": [_period("Today", found.today), _period("This month", found.month)],
        "windows": [_window(window) for window in limits.windows] if limits else [],
        "stops": [_stop(window) for window in limits.stops] if limits else [],
        "is_full": limits is not None and limits.is_full,
        "inputs": [inputs[:2], inputs[2:]],
        "may_edit": result(app().may_edit(actor, found.record)),
    }
    return render(request, "setup/budget.html", context, status=422 if error else 200)


def _row(found: Budget, stop: Window | None) -> dict[str, Any]:
    return {
        "whose": found.subject.type,
        "type": TYPES[found.subject.type],
        "record": found.record,
        "today": _period("Today", found.today),
        "month": _period("This month", found.month),
        "bars": [_bar(standing) for standing in found.standings],
        "stop": _stop(stop) if stop else None,
    }


def _period(label: str, spent: Any) -> dict[str, Any]:
    return {
        "label": label,
        "period": spent.period,
        "money": dollars(spent.micros),
        "requests": quantity("requests", spent.requests),
        "reserved": dollars(spent.reserved_micros) if spent.reserved_micros else "",
        "ends_at": spent.ends_at,
    }


def _bar(standing: Standing) -> dict[str, Any]:
    """A cap as a bar of what is used; ``width`` in per mille."""
    cap = standing.cap
    return {
        "label": f"{quantity(cap.unit, standing.used)} of {cap.told} used",
        "left": f"{quantity(cap.unit, standing.left)} left",
        "width": min(1000, int(standing.share * 1000)),
        "state": "full" if standing.left == 0 else "close" if standing.is_close else "",
    }


def _window(window: Window) -> dict[str, Any]:
    """What is left of a window; ``width`` of its bar too, in per mille."""
    share = window.remaining / window.limit if window.limit else 0.0
    return {
        "family": window.key.family,
        "host": window.key.host,
        "is_app": window.key.scope == "app",
        "label": window.label,
        "left": f"{window.remaining:,} of {window.limit:,}",
        "width": min(1000, int(share * 1000)),
        "state": "full" if not window.remaining else "close" if share <= 0.2 else "",
        "reset_at": window.reset_at,
    }


def _stop(window: Window) -> dict[str, Any]:
    return {
        "title": STOPPED.get(window.code, "The service wants a pause"),
        "family": "" if window.key.family == "*" else window.key.family,
        "sentence": window.sentence,
        "until": window.reset_at,
        "code": window.code,
    }


def _inputs(
    caps: list[Cap], error: BadInput | None, typed: list[dict[str, str]] | None
) -> list[Input]:
    shown = [cap.as_json() for cap in caps] if typed is None else typed
    values = {(each["period"], each["unit"]): str(each["amount"]) for each in shown}
    faulty = _faulty(error, typed)
    return [
        Input(
            name=f"{period}-{unit}",
            label=label,
            value=values.get((period, unit), ""),
            placeholder=example,
            error=error.sentence.partition(": ")[2] if error and (period, unit) == faulty else "",
        )
        for period, unit, label, example in CAPS
    ]


def _faulty(error: BadInput | None, typed: list[dict[str, str]] | None) -> tuple[str, str] | None:
    """The field that the sentence (``caps.1.amount: …``) is about."""
    if error is None or not typed:
        return None
    number = error.sentence.partition(".")[2].partition(".")[0]
    entry = typed[int(number)] if number.isdigit() and int(number) < len(typed) else typed[0]
    return entry["period"], entry["unit"]


def _typed(form: QueryDict) -> list[dict[str, str]]:
    return [
        {"period": period, "unit": unit, "amount": text}
        for period, unit, _, _ in CAPS
        if (text := form.get(f"{period}-{unit}", "").strip())
    ]


def _price_page(
    request: HttpRequest,
    found: Prices,
    fault: str = "",
    typed: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    entries = [dict(entry) for entry in (found.entries if typed is None else typed)]
    may_edit = actor_of(request).is_admin
    rows = entries + [{}] * (EMPTY_ROWS if may_edit else 0)
    context = {
        "service": found.service,
        "is_own": found.is_own,
        "known_as": found.known_as,
        "rows": [{key: row.get(key, "") for key in PRICE_KEYS} for row in rows],
        "fault": fault,
        "may_edit": may_edit,
    }
    return render(request, "setup/prices.html", context, status=422 if fault else 200)


def _typed_prices(form: QueryDict, known: int) -> list[dict[str, Any]]:
    """The rows that name a request; what is empty is left out, and of those known what was emptied."""
    columns = {key: form.getlist(key) for key in PRICE_KEYS}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)]
    return [
        _typed_price(row)
        for place, row in enumerate(rows)
        if row["request"].strip() or (place >= known and row["price"].strip())
    ]


def _typed_price(row: Mapping[str, str]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: text.strip() for key, text in row.items() if text.strip()}
    if str(kept.get("default", "")).isdigit():
        kept["default"] = int(kept["default"])
    if kept.get("per") == "request":
        del kept["per"]
    return kept
