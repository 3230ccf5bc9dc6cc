"""Every run on record, and one run as a timeline: watched, held, cancelled, tried again."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from factotum.core.errors import NotFound, Refused
from factotum.core.values import Actor, Record, Ref
from factotum.runs.approvals import Approval
from factotum.runs.journal import UNENDED
from factotum.runs.limits.rules import CODES
from factotum.runs.run import Run
from factotum.usecases.run_control import may_control
from factotum.usecases.run_view import RunView
from factotum.web.asking import actor_of, app, result
from factotum.web.pages import run_words
from factotum.web.pages.trail import trail

LIMIT = 50
SHOWN = (
    ("", "All"),
    ("under-way", "Under way"),
    ("waiting", "Waiting"),
    ("failed", "Failed"),
    ("unknown", "Unknown outcome"),
)
TOLD = {
    "cancel": "Cancelled. What it has done stays done.",
    "hold": "Held. It goes on when somebody resumes it.",
    "resume": "It goes on.",
    "retry": "It goes on from the request that failed. What was done before is not done again.",
}
FOR_ROOM = CODES | {"over-budget"}
"""It waits for a service's limit or for a budget."""


def runs(request: HttpRequest) -> HttpResponseBase:
    """Newest first; ``?behavior=3`` shows one behavior's, ``?show=waiting`` those that wait."""
    actor = actor_of(request)
    asked = request.GET.get("behavior", "")
    behavior_id = int(asked) if asked.isdigit() else None
    after, show = request.GET.get("after", ""), request.GET.get("show", "")
    page = result(app().runs(actor, after=after, limit=LIMIT, behavior_id=behavior_id, show=show))
    context = {
        "runs": page.runs,
        "cursor": page.cursor,
        "after": after,
        "show": show,
        "shown": SHOWN,
        "behavior": _behavior(actor, behavior_id),
    }
    return render(request, "runs/list.html", context)


def run(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """What one run did, does and waits for; ``?seen=…`` answers 204 while that is still so."""
    actor = actor_of(request)
    view = result(app().run_view(actor, run_id))
    stamp = _stamp(view)
    if request.GET.get("seen") == stamp:
        return HttpResponse(status=204)
    behavior = _behavior(actor, view.run.behavior_id)
    context = {
        "view": view,
        "run": view.run,
        "stamp": stamp,
        "every": "2s" if view.status in {"queued", "running"} else "5s",
        "is_under_way": view.status in UNENDED,
        "events": trail(view),
        "told": run_words.told(view.effects),
        "unknown": [effect for effect in view.effects if effect.state == "unknown"],
        "approval": _approval(actor, view.run),
        "tries": run_words.tries(view.run),
        "wait_title": run_words.wait_title(view.run),
        "for_room": view.run.wait_code in FOR_ROOM,
        "behavior": behavior,
        "is_simulated": view.run.driver == "simulated",
        "may_repeat": behavior is not None and behavior["event_key"].startswith("event.macro."),
        "may_control": may_control(actor, view.run),
        "may_compare": _may_compare(actor, view, behavior),
        **_verbs(view.run),
    }
    return render(request, "runs/run.html", context)


@require_POST
def control(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """Hold, resume, cancel, try again; what is too late by now is told on the run's page."""
    actor, what = actor_of(request), request.POST.get("what", "")
    verbs = {
        "cancel": app().cancel_run,
        "hold": app().hold_run,
        "resume": app().resume_run,
        "retry": app().retry_run,
    }
    if what not in verbs:
        raise NotFound(f"A run cannot be asked to {what!r}.")
    try:
        changed = result(verbs[what](actor, run_id))
    except Refused as refused:
        messages.warning(request, refused.sentence)
    else:
        told = "It stops after the step it is in." if changed.is_stopping else TOLD[what]
        messages.success(request, told)
    return redirect(f"/runs/{run_id}")


def _behavior(actor: Actor, behavior_id: int | None) -> Record | None:
    if not behavior_id:
        return None
    try:
        return result(app().get(actor, Ref("behavior", behavior_id)))
    except NotFound:
        return None


def _approval(actor: Actor, run: Run) -> Approval | None:
    """What it asks this person for."""
    is_asking = run.driver == "durable" and run.status in UNENDED
    return result(app().approval_of(actor, run.id)) if is_asking else None


def _verbs(run: Run) -> dict[str, bool]:
    """What may be asked of it as it is now."""
    if run.driver != "durable":
        return {}
    is_held = run.wait_code == "held"
    return {
        "may_cancel": run.status in UNENDED,
        "may_hold": run.status in UNENDED and not is_held and not run.is_stopping,
        "may_resume": run.status == "waiting" and run.wait_code not in {"approval", "unknown"},
        "may_retry": run.status == "failed",
        "is_held": is_held,
    }


def _may_compare(actor: Actor, view: RunView, behavior: Record | None) -> bool:
    """Whether there is something to walk again, and this person may see what is inside."""
    if behavior is None or view.status in UNENDED or ".chat." in view.run.trigger:
        return False
    if behavior["revision"] == 1:  # and so the run's own
        return False
    return result(app().may_edit(actor, behavior))


def _stamp(view: RunView) -> str:
    """Changes with whatever the page shows."""
    run = view.run
    effects = [(effect.state, effect.outcome) for effect in view.effects]
    shown: list[Any] = [run.status, run.stop, run.wake_at, run.wait_reason, run.went_on, effects]
    return hashlib.sha256(repr([*shown, len(view.steps)]).encode()).hexdigest()[:16]
