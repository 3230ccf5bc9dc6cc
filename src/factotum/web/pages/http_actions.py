"""Making and changing *Execute HTTP Request*: its method, URL, headers, body and *Authentication:*.

A new behavior made here has one such action. In any behavior each of them can be changed, whatever
else stands around it.
"""

from __future__ import annotations

import copy
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from factotum.bots.actions.http_request import METHODS
from factotum.core.errors import BadInput, NotFound
from factotum.core.fields import Choice, Fields, Flag, Link, LongText, Text
from factotum.core.values import Actor, Record, Ref
from factotum.web.asking import actor_of, app, result
from factotum.web.forms import Input, draw, read
from factotum.web.pages import card_forms
from factotum.web.pages.behaviors import HTTP_REQUEST

ABOUT = Fields(
    Text(key="title", label="Name", required=True, placeholder="Post a status"),
    Link(key="bot_id", label="Bot", required=True, to="bot"),
    LongText(
        key="inputs",
        label="Inputs",
        placeholder="status",
        help="Names that are filled in when it runs, one a line. Use them as {{var_status}}.",
    ),
)
REQUEST = Fields(
    Choice(
        key="http_verb",
        label="Method",
        required=True,
        default="get",
        options={one.lower(): one for one in METHODS},
    ),
    Text(
        key="http_url",
        label="URL",
        required=True,
        placeholder="https://api.x.com/2/users/me",
        help="May hold scripts, such as {{var_query|url_encode}}.",
    ),
    LongText(
        key="http_headers",
        label="Headers",
        placeholder="Content-Type: application/json",
        help="Name: value, one a line.",
    ),
    LongText(
        key="http_body", label="Body", help="May hold scripts, such as {{var_status|url_encode}}."
    ),
    Choice(
        key="auth",
        label="Authentication:",
        options={
            "connected_account": "A connected account",
            "placeholder": "The account whose id a placeholder holds",
        },
    ),
    Link(key="auth_connected_account_id", label="Connected account", to="connected_account"),
    Text(key="auth_placeholder", label="Placeholder", placeholder="{{account_id}}"),
    Flag(
        key="run_in_simulator",
        label="Also send it in the simulator",
        default=True,
    ),
    Text(
        key="response_placeholder",
        label="Save the response to",
        default="_http_response",
        help="Later actions read {{_http_response.body}} and {{_http_response.info.http_code}}.",
    ),
)
AUTH = ("auth", "auth_connected_account_id", "auth_placeholder")


def new(request: HttpRequest) -> HttpResponseBase:
    """A behavior of one request."""
    actor = actor_of(request)
    started = {"bot_id": request.GET.get("bot", ""), **_chosen_account(request)}
    if request.method != "POST":
        return _page(request, actor, started, {}, None)
    about, _, faults = read(ABOUT, request.POST)
    params, _, more = read(REQUEST, request.POST)
    faults = {**ABOUT.faults(about), **_faults(params), **faults, **more}
    if not faults:
        try:
            made = result(app().create(actor, "behavior", _behavior(about, params), {}))
        except BadInput as error:
            faults = error.fields or {"": error.sentence}
        else:
            messages.success(request, "Made. Try it in the simulator.")
            return redirect(f"/behaviors/{made.id}")
    return _page(request, actor, {**about, **params}, faults, None)


def edit(request: HttpRequest, id: int, place: str) -> HttpResponseBase:
    """One request of a behavior; ``place`` is its node and its number there: ``0.1-2``."""
    actor = actor_of(request)
    record = result(app().get(actor, Ref("behavior", id)))
    card_forms.editors_only(actor, record)
    nodes = copy.deepcopy(record.get("nodes") or [])
    action = _action_at(nodes, place)
    if request.method != "POST":
        return _page(request, actor, _as_typed(action), {}, record)
    params, _, faults = read(REQUEST, request.POST)
    faults = {**_faults(params), **faults}
    if not faults:
        action.update(_as_kept(params))
        try:
            result(app().save(actor, record.ref, {"nodes": nodes}, {}))
        except BadInput as error:
            faults = error.fields or {"": error.sentence}
        else:
            messages.success(request, "Saved.")
            return redirect(f"/behaviors/{id}")
    return _page(request, actor, params, faults, record)


def _page(
    request: HttpRequest,
    actor: Actor,
    values: dict[str, Any],
    faults: dict[str, str],
    record: Record | None,
) -> HttpResponse:
    accounts = result(app().find(actor, "connected_account", "", sort="name", limit=500)).records
    bots = result(app().find(actor, "bot", "", sort="name", limit=500)).records
    options = {
        "auth_connected_account_id": [(str(one.id), _with_state(one)) for one in accounts],
        "bot_id": [(str(one.id), one.label) for one in bots],
    }

    def inputs(fields: Fields) -> list[Input]:
        return [
            draw(one, values, errors=faults, options=options.get(one.key, ())) for one in fields
        ]

    request_inputs = inputs(REQUEST)
    context = {
        "record": record,
        "about": [] if record else inputs(ABOUT),
        "has_bots": bool(bots),
        "request_inputs": [one for one in request_inputs if one.name not in AUTH],
        "auth_inputs": [one for one in request_inputs if one.name in AUTH],
        "fault": faults.get("", ""),
        "fault_count": len(faults),
    }
    return render(request, "behaviors/http_request.html", context, status=422 if faults else 200)


def _with_state(account: Record) -> str:
    linked_as = account.get("linked_as")
    return f"{account.label} ({linked_as})" if linked_as else account.label


def _chosen_account(request: HttpRequest) -> dict[str, Any]:
    account = request.GET.get("account", "")
    if not account.isdigit():
        return {}
    return {"auth": "connected_account", "auth_connected_account_id": account}


def _faults(params: dict[str, Any]) -> dict[str, str]:
    """What is missing; an account is required where one is to sign."""
    faults = REQUEST.faults({**params, "http_url": str(params["http_url"]).strip()})
    if params["auth"] == "connected_account" and not params["auth_connected_account_id"]:
        faults["auth_connected_account_id"] = "Choose the account that signs the request."
    if params["auth"] == "placeholder" and not params["auth_placeholder"].strip():
        faults["auth_placeholder"] = "Name the placeholder that holds the account's id."
    return faults


def _behavior(about: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    names = [line.strip().removeprefix("var_") for line in about["inputs"].splitlines()]
    keys = {
        f"var_{''.join(c if c.isalnum() else '_' for c in name)}": name for name in names if name
    }
    action = {"action": HTTP_REQUEST, **_as_kept(params)}
    node = {"type": "action", "title": about["title"], "params": {"actions": [action]}}
    return {
        "title": about["title"],
        "bot_id": about["bot_id"],
        "event_key": "event.macro.bot",
        "event_label": "Custom behavior on bot",
        "event_params": {},
        "variables": {
            key: {"key": key, "label": name, "type": "S", "is_private": "0", "params": {}}
            for key, name in keys.items()
        },
        "nodes": [node],
    }


def _as_kept(params: dict[str, Any]) -> dict[str, Any]:
    """As the file format writes it: ids and flags are texts."""
    account = params["auth_connected_account_id"]
    return {
        **params,
        "auth_connected_account_id": str(account) if account else "",
        "run_in_simulator": "1" if params["run_in_simulator"] else "0",
    }


def _as_typed(action: dict[str, Any]) -> dict[str, Any]:
    return {**action, "http_verb": str(action.get("http_verb") or "get").lower()}


def _action_at(nodes: list[Any], place: str) -> dict[str, Any]:
    """The params of one action in a behavior's JSON, to be changed in place."""
    at, _, number = place.partition("-")
    try:
        node: Any = {"nodes": nodes}
        for index in at.split("."):
            node = node["nodes"][int(index)]
        action = node["params"]["actions"][int(number)]
    except (KeyError, IndexError, ValueError, TypeError):
        action = {}
    if not isinstance(action, dict) or action.get("action") != HTTP_REQUEST:
        raise NotFound("There is no Execute HTTP Request at this place of the behavior.")
    return action
