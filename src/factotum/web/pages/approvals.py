"""What bots ask this person for: approve or refuse, with a comment."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from factotum.core.errors import BadInput, Conflict, NotFound, Refused
from factotum.core.values import Actor, Record, Ref
from factotum.runs.approvals import Approval
from factotum.runs.run import Run
from factotum.usecases.approval_desk import SAID, Asked
from factotum.usecases.running import may_see
from factotum.web.asking import actor_of, app, result
from factotum.web.pages.decisions import LIMIT, decisions

ADDRESS = "/runs/approvals"


@dataclass(frozen=True, slots=True)
class Open:
    """One of them as the page shows it."""

    approval: Approval
    run: Run
    may_see: bool
    is_own: bool
    worker: Record | None


def approvals(request: HttpRequest) -> HttpResponseBase:
    """GET: those of the oldest run first. POST: approve or refuse one of them."""
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, actor)
    key, outcome = request.POST.get("key", ""), request.POST.get("outcome", "")
    is_at_run = "at_run" in request.POST
    try:
        said = result(app().decide(actor, key, outcome, request.POST.get("comment", "")))
    except BadInput as error:
        return _page(request, actor, error)
    except Conflict as late:  # somebody else was faster, or nobody was in time
        if not is_at_run:
            return _page(request, actor, late)
        messages.warning(request, late.sentence)
    else:
        is_held = said.run.wait_code == "held"
        then = "It goes on when it is resumed." if is_held else "Its run goes on."
        messages.success(request, f"{SAID[outcome]}. {then}")
    return redirect(f"/runs/{key.partition('-')[0]}" if is_at_run else ADDRESS)


def _page(
    request: HttpRequest, actor: Actor, error: BadInput | Conflict | None = None
) -> HttpResponse:
    found = result(app().approvals(actor, after=request.GET.get("after", ""), limit=LIMIT))
    items = {one.approval.key: _open(actor, one) for one in found.items}
    return decisions(request, "runs/approvals.html", items, found.cursor, error)


def _open(actor: Actor, one: Asked) -> Open:
    approval = one.approval
    is_own = approval.worker_id is not None and approval.worker_id == actor.worker_id
    return Open(
        approval=approval,
        run=one.run,
        may_see=may_see(actor, one.run),
        is_own=is_own,
        worker=None if is_own else _worker(actor, approval.worker_id),
    )


def _worker(actor: Actor, worker_id: int | None) -> Record | None:
    if worker_id is None:
        return None
    try:
        return result(app().get(actor, Ref("worker", worker_id)))
    except (NotFound, Refused):
        return None
