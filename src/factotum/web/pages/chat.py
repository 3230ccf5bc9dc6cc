"""The chat: a menu of what bots offer, and a room for each conversation.

Every answer is an ordinary form, so a room works as a page of its own too.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from factotum.core.errors import NotFound
from factotum.core.values import Actor
from factotum.records.record_type import named
from factotum.runs.ports import Conversation
from factotum.usecases.chats import Answer
from factotum.web.asking import actor_of, app, result
from factotum.web.pages import prompts


def menu(request: HttpRequest) -> HttpResponseBase:
    """What can be started."""
    offers = result(app().chat_menu(actor_of(request)))
    return _draw(request, "chat/menu.html", {"offers": list(enumerate(offers))})


@require_POST
def start(request: HttpRequest) -> HttpResponseBase:
    """Start one of the menu's entries; it is looked up anew, so that nothing else can be started."""
    actor = actor_of(request)
    wanted = (request.POST.get("behavior_id"), request.POST.get("interaction"))
    for offer in result(app().chat_menu(actor)):
        if (str(offer.behavior_id), offer.interaction) == wanted:
            return _shown(request, actor, result(app().chat_start(actor, offer)))
    raise NotFound("This is no longer on offer. Open the chat's menu again.")


def room(request: HttpRequest, chat_id: int) -> HttpResponseBase:
    """A conversation as it stands."""
    actor = actor_of(request)
    return _draw(request, "chat/room.html", _context(actor, result(app().chat(actor, chat_id))))


@require_POST
def send(request: HttpRequest, chat_id: int) -> HttpResponseBase:
    """The person's answer; the bot's turn follows at once. A second click changes nothing."""
    actor, turn = actor_of(request), request.POST.get("turn", "")
    chat = result(
        app().chat_send(
            actor, chat_id, _answer(request), turn=int(turn) if turn.isdecimal() else None
        )
    )
    return _shown(request, actor, chat)


def _answer(request: HttpRequest) -> Answer:
    file = request.FILES.get("file")
    if file is not None:
        kind = file.content_type or "application/octet-stream"
        return Answer(file=(file.name or "file", kind, file.read()))
    ids = [int(one) for one in request.POST.getlist("id") if one.isdecimal()]
    return Answer(message=request.POST.get("message", ""), ids=ids)


def _shown(request: HttpRequest, actor: Actor, chat: Conversation) -> HttpResponseBase:
    if request.headers.get("HX-Request") != "true":
        return redirect(f"/chat/{chat.id}")
    return _draw(request, "chat/room.html", _context(actor, chat))


def _context(actor: Actor, chat: Conversation) -> dict[str, Any]:
    prompt = prompts.drawn(chat.prompt, lambda context, query: _records(actor, context, query))
    return {"chat": chat, "bot_name": chat.state.get("bot_name") or chat.title, "prompt": prompt}


def _records(actor: Actor, context: str, query: str) -> list[tuple[str, str]]:
    """What a chooser offers."""
    record_type = named(context)
    if record_type is None:
        return []
    page = result(app().find(actor, record_type.key, query, limit=200))
    return [(str(record.id), record.label) for record in page.records]


def _draw(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The panel's inside for htmx, else a page."""
    if request.headers.get("HX-Request") == "true":
        return render(request, template, context)
    return render(request, "chat/page.html", {**context, "inside": template})
