"""Simulator: fill in the public variables, see the path a behavior takes; or run it for real."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from factotum.bots.behavior import Behavior, Variable
from factotum.bots.triggers.lookup import trigger_for
from factotum.bots.triggers.webhook import WebhookReceived, answer_of
from factotum.bots.variables import options_of
from factotum.core.errors import BadInput, NotFound
from factotum.core.fields import Fields
from factotum.core.values import Actor, Record, Ref
from factotum.records.record_type import named
from factotum.usecases.run_view import RunView
from factotum.web.asking import actor_of, app, result
from factotum.web.forms import Input, draw, read
from factotum.web.pages.behaviors import tree_of
from factotum.web.pages.trail import trail

CHATS = frozenset({"event.message.chat.worker", "event.interaction.chat.worker"})
EVENT = "event_"
"""How the names of the event's fields begin; those of variables are their own."""
KINDS = {"N": "number", "C": "flag", "D": "choice", "W": "link", "L": "link"}


def simulator(request: HttpRequest, id: int) -> HttpResponseBase:
    """GET: the form, and the run it led to. POST: simulate, or with ``for_real`` run.

    ``background`` there: nobody waits for the run, so it may wait itself.
    """
    actor = actor_of(request)
    record = result(app().get(actor, Ref("behavior", id)))
    behavior, _ = tree_of(record)
    if request.method != "POST":
        return _page(request, actor, record, behavior, _run(actor, request.GET.get("run", "")))
    values = _values(behavior, request)
    event, _, unread = read(_asked(behavior), request.POST, prefix=EVENT)
    for_real = request.POST.get("for_real", "")
    wait = for_real != "background"
    try:
        key = request.POST.get("once", "") if for_real else ""
        if unread:
            raise BadInput(" ".join(unread.values()), fields=unread)  # noqa: TRY301  shown like any
        view = result(
            app().run_behavior(
                actor,
                id,
                values,
                wait=wait,
                simulate=not for_real,
                idempotency_key=key,
                event=event,
            )
        )
    except BadInput as error:
        return _page(request, actor, record, behavior, None, error)
    if for_real:
        return redirect(f"/runs/{view.id}")
    return redirect(f"/behaviors/{id}/simulator?run={view.id}#result")


def _page(
    request: HttpRequest,
    actor: Actor,
    record: Record,
    behavior: Behavior,
    view: RunView | None,
    error: BadInput | None = None,
) -> HttpResponse:
    faults = error.fields if error else {}
    is_webhook = behavior.event.key == WebhookReceived.key
    typed = request.POST if error else (view.placeholders if view else {})
    context = {
        "record": record,
        "behavior": behavior,
        "inputs": [
            _input(actor, one, typed.get(one.key), faults.get(one.key, ""))
            for one in _public(behavior)
        ],
        "event_inputs": [
            draw(field, _said(request, behavior, view), prefix=EVENT, errors=faults)
            for field in _asked(behavior)
        ],
        "fault": error.sentence if error and not faults else "",
        "once": secrets.token_urlsafe(16),  # a second click runs nothing twice
        "event_label": behavior.event.label or "Event",
        "is_chat": behavior.event.key in CHATS,
        "view": view,
        "events": trail(view) if view else [],
        "answer": answer_of(view.placeholders) if view and is_webhook else None,
    }
    return render(request, "behaviors/simulator.html", context, status=422 if error else 200)


def _run(actor: Actor, run_id: str) -> RunView | None:
    if not run_id:
        return None
    try:
        return result(app().run_view(actor, run_id))
    except NotFound:
        return None


def _public(behavior: Behavior) -> list[Variable]:
    return [one for one in behavior.variables if not one.is_private]


def _asked(behavior: Behavior) -> Fields:
    trigger = trigger_for(behavior.event.key)
    return trigger.asked if trigger else Fields()


def _said(request: HttpRequest, behavior: Behavior, view: RunView | None) -> Mapping[str, Any]:
    """What the event's fields hold: what was typed, or what the run that is shown was given."""
    trigger = trigger_for(behavior.event.key)
    if request.method == "POST":
        return {
            field.key: request.POST.get(f"{EVENT}{field.key}", "") for field in _asked(behavior)
        }
    return trigger.said(view.placeholders) if trigger and view and view.placeholders else {}


def _values(behavior: Behavior, request: HttpRequest) -> dict[str, Any]:
    return {one.key: request.POST.get(one.key, "") for one in _public(behavior)}


def _input(actor: Actor, variable: Variable, value: Any, error: str) -> Input:
    """A variable as a field: one line or several, a box to tick, a list to choose from."""
    is_area = variable.params.get("widget") == "multiple"
    return Input(
        name=variable.key,
        label=variable.label,
        kind=KINDS.get(variable.type, "longtext" if is_area else "text"),
        value="" if isinstance(value, dict | list) or value in (None, 0) else str(value),
        is_checked=str(value).lower() in {"1", "true"},
        options=_options(actor, variable),
        placeholder="for example tomorrow 8am" if variable.type == "E" else "",
        help="The ids of records, with commas." if variable.type.startswith("ctx_") else "",
        error=error,
    )


def _options(actor: Actor, variable: Variable) -> list[tuple[str, str]]:
    if variable.type == "D":
        return [(one, one) for one in options_of(variable)]
    if variable.type not in {"W", "L"}:
        return []
    context = "worker" if variable.type == "W" else str(variable.params.get("context") or "")
    record_type = named(context)
    if record_type is None:
        return []
    page = result(app().find(actor, record_type.key, "", limit=500))
    return [(str(record.id), record.label) for record in page.records]
