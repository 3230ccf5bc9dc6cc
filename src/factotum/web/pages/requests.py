"""*Try a request*: one request as an account, sent once, its exchange on record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from factotum.bots.actions.http_request import METHODS
from factotum.core.errors import BadInput
from factotum.core.fields import Choice, Fields, Link, LongText, Url
from factotum.core.http import Headers, Request
from factotum.web.asking import actor_of, app, result
from factotum.web.forms import draw, read
from factotum.web.pages.trail import trail

FIELDS = Fields(
    Link(
        key="account",
        label="Authentication",
        to="connected_account",
        help="The account that signs it; none sends it unsigned.",
    ),
    Choice(
        key="method", label="Method", options={m: m for m in METHODS}, default="GET", required=True
    ),
    Url(key="url", label="URL", required=True, placeholder="https://api.x.com/2/users/me"),
    LongText(
        key="headers",
        label="Headers",
        placeholder="Accept: application/json",
        help="Name: value, one a line.",
    ),
    LongText(key="body", label="Body"),
)


def new(request: HttpRequest) -> HttpResponseBase:
    """GET: the form. POST: send it, show what went out and what came back."""
    actor = actor_of(request)
    accounts = result(app().find(actor, "connected_account", "", sort="name", limit=500)).records
    values: dict[str, Any] = dict(request.GET.items())
    faults: dict[str, str] = {}
    view = None
    if request.method == "POST":
        values, _, faults = read(FIELDS, request.POST)
        faults = {**FIELDS.faults(values), **faults}
        if not faults:
            try:
                view, _ = result(app().call(actor, values["account"] or None, _request(values)))
            except BadInput as error:
                faults = error.fields or {"": error.sentence}
    offered = [(str(one.id), one.label) for one in accounts]
    context = {
        "inputs": [draw(one, values, errors=faults, options=offered) for one in FIELDS],
        "fault": faults.get("", ""),
        "view": view,
        "events": trail(view) if view else [],
    }
    return render(request, "requests.html", context, status=422 if faults and not view else 200)


def _request(values: dict[str, str]) -> Request:
    body = values["body"].encode()
    request = Request(values["method"], values["url"].strip(), _headers(values["headers"]), body)
    if body and not request.content_type:
        return request.with_header("Content-Type", "application/x-www-form-urlencoded")
    return request


def _headers(text: str) -> Headers:
    pairs = []
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise BadInput(
                "A header cannot be read.",
                fields={"headers": f"“{line[:60]}” is no header. Write it as Name: value."},
            )
        pairs.append((name.strip(), value.strip()))
    return tuple(pairs)
