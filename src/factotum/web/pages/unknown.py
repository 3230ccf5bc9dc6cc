"""What nobody knows: requests that got no answer, and three ways to say what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from factotum.core.errors import BadInput, Conflict, NotFound, Refused
from factotum.core.values import Actor, Record, Ref
from factotum.runs.run import EffectRow, Run
from factotum.usecases.run_control import Unsettled
from factotum.web.asking import actor_of, app, result
from factotum.web.pages.decisions import LIMIT, decisions

GOES_ON = " Its run goes on."


@dataclass(frozen=True, slots=True)
class Open:
    """One of them as the page shows it; ``waits`` where its run goes on once it is settled."""

    effect: EffectRow
    run: Run
    account: Record | None
    request: Mapping[str, Any] | None
    page: str
    waits: bool
    is_looked_up: bool
    is_sent_again: bool
    needs_id: bool


def unknown(request: HttpRequest) -> HttpResponseBase:
    """GET: the oldest first. POST: say what has become of one of them."""
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, actor)
    key, outcome = request.POST.get("key", ""), request.POST.get("outcome", "")
    try:
        settled = result(app().settle(actor, key, outcome, request.POST.get("id", "")))
    except (BadInput, Conflict) as error:  # a conflict: somebody else was faster, or the service
        return _page(request, actor, error)
    view = result(app().run_view(actor, settled.run_id))
    goes_on = view.run.driver == "durable" and view.status in {"queued", "running"}
    messages.success(request, f"Settled: {_said(outcome)}.{GOES_ON if goes_on else ''}")
    return redirect(f"/runs/{settled.run_id}" if goes_on else "/runs/unknown")


def _said(outcome: str) -> str:
    return {"happened": "it happened", "not-done": "it did not happen"}.get(outcome, "given up")


def _page(
    request: HttpRequest, actor: Actor, error: BadInput | Conflict | None = None
) -> HttpResponse:
    found = result(app().unsettled(actor, after=request.GET.get("after", ""), limit=LIMIT))
    items = {one.effect.key: _open(actor, one) for one in found.items}
    return decisions(request, "runs/unknown.html", items, found.cursor, error)


def _open(actor: Actor, one: Unsettled) -> Open:
    effect, run = one.effect, one.run
    account = _account(actor, effect.account_id)
    linked_as = str(account.get("linked_as") or "") if account else ""
    is_durable = run.driver == "durable" and run.ended_at is None
    return Open(
        effect=effect,
        run=run,
        account=account,
        request=result(app().request_of(actor, run.id, effect.path)),
        page=result(app().page_of_effect(effect, linked_as)),
        waits=is_durable,
        is_looked_up=is_durable and run.wait_code == "checking",
        is_sent_again=is_durable and run.wait_code == "retry" and bool(effect.idempotency_key),
        needs_id=result(app().needs_id(effect)),
    )


def _account(actor: Actor, account_id: int | None) -> Record | None:
    if account_id is None:
        return None
    try:
        return result(app().get(actor, Ref("connected_account", account_id)))
    except (NotFound, Refused):
        return None
