"""*Setup » Team*: who may sign in, and as what."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from factotum.core.errors import BadInput
from factotum.core.values import Ref
from factotum.web.asking import actor_of, admins_only, app, result

CHANGES = {
    "admin": {"is_admin": True},
    "worker": {"is_admin": False},
    "disable": {"is_disabled": True},
    "enable": {"is_disabled": False},
}
"""What can be done to a person → the values it sets."""


@admins_only
def team(request: HttpRequest) -> HttpResponseBase:
    """Everyone, and a form to add one more."""
    return _page(request)


@admins_only
@require_POST
def add(request: HttpRequest) -> HttpResponseBase:
    """A new person; they come in by a link that works once."""
    actor, name = actor_of(request), request.POST.get("name", "").strip()
    if not name:
        return _page(request, fault="Type the name they sign in with.", status=422)
    try:
        worker = result(app().add_worker(actor, name, is_admin=request.POST.get("role") == "admin"))
    except BadInput as error:
        return _page(request, fault=error.sentence, typed=name, status=422)
    address = result(app().create_sign_in_link(actor, worker.id))
    return _page(request, link=address, link_for=name)


@admins_only
@require_POST
def link(request: HttpRequest, id: int) -> HttpResponseBase:
    """A fresh one-time link for somebody who has lost their password."""
    actor = actor_of(request)
    worker = result(app().get(actor, Ref("worker", id)))
    address = result(app().create_sign_in_link(actor, id))
    return _page(request, link=address, link_for=worker.label)


@admins_only
@require_POST
def change(request: HttpRequest, id: int) -> HttpResponseBase:
    """Another role, or out and in again."""
    actor, what = actor_of(request), request.POST.get("what", "")
    if id == actor.worker_id:
        raise BadInput("You cannot take your own rights away. Ask another admin.")
    if what not in CHANGES:
        raise BadInput("There is no such change.")
    worker = result(app().save(actor, Ref("worker", id), CHANGES[what], {}))
    messages.success(request, f"{worker.label} is changed.")
    return redirect("/setup/team")


def _page(
    request: HttpRequest,
    *,
    link: str = "",
    link_for: str = "",
    fault: str = "",
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    found = result(app().find(actor_of(request), "worker", "", sort="name", limit=500))
    context = {
        "people": found.records,
        "link": link,
        "link_for": link_for,
        "fault": fault,
        "typed": typed,
    }
    return render(request, "setup/team.html", context, status=status)
