"""*Try a request*: one request as an account, sent once, its exchange on record.

The answer has an address of its own (``?run=``), so that reloading it sends nothing again.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from factotum.bots.actions.http_request import METHODS
from factotum.core.errors import BadInput, FactotumError
from factotum.core.fields import Choice, Fields, Link, LongText, Url
from factotum.core.http import Headers, Request
from factotum.core.values import Actor
from factotum.usecases.run_view import RunView
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
        key="method",
        label="Method",
        options={one: one for one in METHODS},
        default="GET",
        required=True,
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
    """GET: the form, and with ``run`` what came back. POST: send it."""
    actor = actor_of(request)
    if request.method != "POST":
        view = _view(actor, request.GET.get("run", ""))
        values: dict[str, Any] = _sent(view) if view else dict(request.GET.items())
        return _page(request, actor, values, {}, view)
    values, _, faults = read(FIELDS, request.POST)
    faults = {**FIELDS.faults(values), **faults}
    if not faults:
        try:
            view, _ = result(app().call(actor, values["account"] or None, _request(values)))
        except BadInput as error:
            faults = error.fields or {"": error.sentence}
        else:
            return redirect(f"/requests/new?run={view.id}#result")
    return _page(request, actor, values, faults, None)


def _page(
    request: HttpRequest,
    actor: Actor,
    values: dict[str, Any],
    faults: dict[str, str],
    view: RunView | None,
) -> HttpResponse:
    accounts = result(app().find(actor, "connected_account", "", sort="name", limit=500)).records
    offered = [(str(one.id), one.label) for one in accounts]
    context = {
        "inputs": [draw(one, values, errors=faults, options=offered) for one in FIELDS],
        "fault": faults.get("", ""),
        "view": view,
        "events": trail(view) if view else [],
    }
    return render(request, "requests.html", context, status=422 if faults else 200)


def _view(actor: Actor, run_id: str) -> RunView | None:
    try:
        return result(app().run_view(actor, run_id)) if run_id else None
    except FactotumError:
        return None


def _sent(view: RunView) -> dict[str, Any]:
    """The form's values as they were, from what the run recorded."""
    request: dict[str, Any] = next(
        (step.data["request"] for step in view.steps if step.kind == "http"), {}
    )
    headers = request.get("headers") or {}
    return {
        "account": request.get("account_id") or "",
        "method": request.get("method", "GET"),
        "url": request.get("url", ""),
        "headers": "\n".join(f"{name}: {value}" for name, value in headers.items()),
        "body": request.get("body", ""),
    }


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
