"""Every run on record, and one run as a timeline."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from factotum.core.errors import NotFound
from factotum.core.values import Ref
from factotum.web.asking import actor_of, app, result
from factotum.web.pages.trail import trail

LIMIT = 50


def runs(request: HttpRequest) -> HttpResponseBase:
    """Newest first; ``?behavior=3`` shows one behavior's."""
    actor = actor_of(request)
    asked = request.GET.get("behavior", "")
    behavior_id = int(asked) if asked.isdigit() else None
    after = request.GET.get("after", "")
    page = result(app().runs(actor, after=after, limit=LIMIT, behavior_id=behavior_id))
    behavior = result(app().get(actor, Ref("behavior", behavior_id))) if behavior_id else None
    context = {"runs": page.runs, "cursor": page.cursor, "after": after, "behavior": behavior}
    return render(request, "runs/list.html", context)


def run(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """What one run did: its steps, its requests, what it left unsettled, how it ended."""
    actor = actor_of(request)
    view = result(app().run_view(actor, run_id))
    behavior = None
    if view.run.behavior_id:
        try:
            behavior = result(app().get(actor, Ref("behavior", view.run.behavior_id)))
        except NotFound:
            behavior = None
    context = {
        "view": view,
        "run": view.run,
        "events": trail(view),
        "unknown": [effect for effect in view.effects if effect.state == "unknown"],
        "behavior": behavior,
        "is_simulated": view.run.driver == "simulated",
        "may_repeat": behavior is not None and behavior["event_key"].startswith("event.macro."),
    }
    return render(request, "runs/run.html", context)
