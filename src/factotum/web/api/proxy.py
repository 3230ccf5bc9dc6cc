"""``/proxy/<account>/<URL>``: any request, signed as that account, answered as the service answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from django.http import HttpRequest, HttpResponse
from ninja import Router

from factotum.bootstrap import get_app
from factotum.core.errors import BadInput, FactotumError
from factotum.core.http import Headers, Request
from factotum.usecases.run_cost import budgets_of, cost_of
from factotum.usecases.run_view import RunView
from factotum.web.api.problems import of_error
from factotum.web.api.relayed import Relayed
from factotum.web.api.tokens import caller

router = Router(tags=["Proxy"])

PREFIX = "/api/v1/proxy/"

NOT_SENT_ON = frozenset(
    {
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding",
        "upgrade",  # of the caller's connection with us (RFC 9110, 7.6.1)
        "accept-encoding",  # the body is decompressed on its way
        "authorization", "cookie", "x-csrftoken",  # the caller's credentials here
        "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port",
        "x-forwarded-proto", "x-real-ip",  # the way the caller came
        "traceparent", "tracestate", "baggage",  # the caller's trace is no service's business
    }
)  # fmt: skip


@router.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
    "/proxy/{account}/{path:url}",
    summary="Call any URL as an account",
    response={200: Any},
)
async def proxy(request: HttpRequest, account: str, url: str) -> HttpResponse:
    """Signed, sent once, answered as is; ``X-Factotum-Run`` names the run that recorded it."""
    del account, url  # decoded; what is signed has to be what the caller wrote
    actor = caller(request, "call")
    account, target = _asked_for(request)
    method = request.method or "GET"
    outgoing = Request(method, target, _headers(request), request.body)
    view, answer = await get_app().call(actor, account, outgoing)
    response: HttpResponse
    if answer is None:
        response = of_error(view.failure or FactotumError(view.error))
    else:
        response = Relayed(answer, head=method == "HEAD")
    response["X-Factotum-Run"] = view.id
    for name, value in _money(view):
        response[name] = value
    return response


def _money(view: RunView) -> Headers:
    """What it cost in dollars, and what is left of each cap, as a list of RFC 9651.

    ``account-day;cap=5.00;left=4.985;unit=usd, bot-month;cap=100;left=7;unit=requests``
    """
    cost = cost_of(view.steps)
    caps = ", ".join(
        f"{cap['of']}-{cap['period']};cap={cap['amount']};left={cap['left']};unit={cap['unit']}"
        for cap in budgets_of(view.steps)
    )
    told = (
        ("X-Factotum-Cost", cost.told.removeprefix("$") if cost else "0"),
        ("X-Factotum-Budget", caps),
    )
    return tuple((name, value) for name, value in told if value)


def _asked_for(request: HttpRequest) -> tuple[str, str]:
    """Account and address, the address byte for byte as it stands in the request's target."""
    account, _, address = _raw_path(request).removeprefix(PREFIX).partition("/")
    query = request.META.get("QUERY_STRING", "")
    target = _unfolded(f"{address}?{query}" if query else address)
    if not target.lower().startswith(("http://", "https://")):
        raise BadInput(
            "The address after the account must begin with https:// (or http://).", code="bad-url"
        )
    return unquote(account), target


def _raw_path(request: HttpRequest) -> str:
    raw: bytes | None = getattr(request, "scope", {}).get("raw_path")
    return raw.decode("latin-1") if raw else quote(request.path)


def _unfolded(address: str) -> str:
    """With both slashes: some proxies fold those of an address inside a path into one.

    An address that was percent-encoded as a whole is taken too.
    """
    if address.lower().startswith(("http%3a", "https%3a")):
        address = unquote(address)
    scheme, colon, rest = address.partition(":")
    is_folded = rest.startswith("/") and not rest.startswith("//")
    return f"{scheme}{colon}{'/' if is_folded else ''}{rest}"


def _headers(request: HttpRequest) -> Headers:
    scope: list[tuple[bytes, bytes]] = getattr(request, "scope", {}).get("headers", [])
    pairs = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope)
    return tuple((name, value) for name, value in pairs if name.lower() not in NOT_SENT_ON)
