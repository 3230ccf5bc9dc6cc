"""``/proxy/<account>/<URL>``: any request, signed as that account, answered as the service answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from factotum.bootstrap import get_app
from factotum.core.errors import BadInput
from factotum.core.http import Headers, Request
from factotum.web.api.problems import problem
from factotum.web.api.tokens import caller

router = Router(tags=["Proxy"])

OURS = frozenset(
    [
        "host",
        "authorization",
        "cookie",
        "content-length",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "transfer-encoding",
        "proxy-authorization",
        "proxy-connection",
        "forwarded",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
        "x-csrftoken",
        "accept-encoding",
    ]
)
"""Request headers that concern the caller's connection with us (RFC 9110, 7.6.1), not the service."""

THEIRS = frozenset(
    [
        "connection",
        "keep-alive",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "content-length",
        "content-encoding",
        "set-cookie",
        "strict-transport-security",
        "proxy-authenticate",
        "content-security-policy",
    ]
)
"""Response headers that concern the service's connection with us."""


@router.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
    "/proxy/{account}/{path:url}",
    summary="Call any URL as an account",
    response={200: Any},
)
async def proxy(request: HttpRequest, account: str, url: str) -> HttpResponse:
    """Signed, sent once, answered as is; ``X-Factotum-Run`` names the run that recorded it."""
    actor = caller(request, "call")
    outgoing = Request(
        request.method or "GET", _target(url, request), _headers(request), request.body
    )
    view, answer = await get_app().call(actor, account, outgoing)
    if answer is None:
        status = 403 if view.run.code in {"host-not-allowed", "private-address", "refused"} else 502
        response: HttpResponse = problem(status, view.run.code or "no-answer", view.error)
    else:
        response = HttpResponse(answer.body, status=answer.status)
        response.headers.pop("Content-Type", None)
        for name, value in answer.headers:
            if name.lower() not in THEIRS:
                response.headers[name] = value
        response["Content-Security-Policy"] = "sandbox"  # a strange page must not run as ours
    response["X-Factotum-Run"] = view.id
    return response


def _target(url: str, request: HttpRequest) -> str:
    # some proxies fold the slashes of a URL inside a path
    for scheme in ("http", "https"):
        if url.startswith(f"{scheme}:/") and not url.startswith(f"{scheme}://"):
            url = url.replace(":/", "://", 1)
    if not url.startswith(("http://", "https://")):
        raise BadInput("The address after the account must begin with https://.", code="bad-url")
    raw = request.META.get("QUERY_STRING", "")
    return f"{url}?{raw}" if raw else url


def _headers(request: HttpRequest) -> Headers:
    kept = ((name, value) for name, value in request.headers.items() if name.lower() not in OURS)
    return tuple(pair for pair in kept if pair[1])
