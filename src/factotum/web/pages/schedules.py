"""Schedules: all of them by when they fire next, and one behavior's: change, pause, run now."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from factotum.bots.triggers.recurrent import CATCH_UP
from factotum.core.errors import BadInput, NotFound
from factotum.core.values import Actor, Record, Ref
from factotum.usecases.schedule_desk import SETTINGS
from factotum.web.asking import actor_of, app, result
from factotum.web.forms import draw, read

RECURRENT = "event.behavior.recurrent"
LIMIT = 50
SURE = ("repeat_patterns", "catch_up")  # a package may leave them out, a person sees them


def schedules(request: HttpRequest) -> HttpResponseBase:
    """All that this person may see, the next first."""
    after = request.GET.get("after", "")
    page = result(app().schedules(actor_of(request), after=after, limit=LIMIT))
    return render(request, "schedules.html", {"page": page, "after": after})


def panel_of(actor: Actor, record: Record) -> dict[str, Any]:
    """What the behavior's page shows of its schedule; empty where it has none."""
    if record["event_key"] != RECURRENT:
        return {}
    try:
        view = result(app().schedule(actor, record.id))
    except NotFound:
        return {}
    return {
        "schedule": view,
        "rule": CATCH_UP[view.catch_up],
        "persons_zone": timezone.get_current_timezone_name(),
        "once": secrets.token_urlsafe(16),  # a second click runs nothing twice
    }


def edit(request: HttpRequest, id: int) -> HttpResponseBase:
    """Its patterns, its zone, and what is done about missed firings."""
    actor = actor_of(request)
    record = result(app().get(actor, Ref("behavior", id)))
    view = result(app().schedule(actor, id))
    if request.method != "POST":
        return _form(request, record, view.schedule.params, {})
    params, _, faults = read(SETTINGS, request.POST)
    if not faults:
        try:
            result(app().change_schedule(actor, id, params=params))
        except BadInput as error:
            faults = error.fields or {"": error.sentence}
        else:
            messages.success(request, "Saved.")
            return redirect(f"/behaviors/{id}")
    return _form(request, record, params, faults)


@require_POST
def pause(request: HttpRequest, id: int) -> HttpResponseBase:
    """Stop it, or let it go on from now."""
    is_paused = request.POST.get("what") == "pause"
    result(app().change_schedule(actor_of(request), id, is_paused=is_paused))
    told = "Paused. It fires no more until you resume it." if is_paused else "It goes on from now."
    messages.success(request, told)
    return redirect(f"/behaviors/{id}")


@require_POST
def run_now(request: HttpRequest, id: int) -> HttpResponseBase:
    """Run it once more, beside its schedule."""
    key = request.POST.get("once", "")
    view = result(app().run_behavior(actor_of(request), id, {}, wait=False, idempotency_key=key))
    return redirect(f"/runs/{view.id}")


def _form(
    request: HttpRequest, record: Record, values: Mapping[str, Any], faults: Mapping[str, str]
) -> HttpResponse:
    shown = {"catch_up": "once", "timezone": "UTC", **values}
    context = {
        "record": record,
        "inputs": [
            replace(draw(each, shown, errors=faults), required=each.key in SURE)
            for each in SETTINGS
        ],
        "fault": faults.get("", ""),
        "fault_count": len(faults),
    }
    return render(request, "behaviors/schedule_form.html", context, status=422 if faults else 200)
