"""Bots with what each can do."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from factotum.core.values import Record
from factotum.web.asking import actor_of, app, result


def bots(request: HttpRequest) -> HttpResponseBase:
    """Every bot this person may see, with its behaviors."""
    actor = actor_of(request)
    words = request.GET.get("q", "")
    found = result(app().find(actor, "bot", words, sort="name", limit=100))
    behaviors = result(app().find(actor, "behavior", "", sort="title", limit=1000))
    by_bot: dict[int, list[Record]] = defaultdict(list)
    for behavior in behaviors.records:
        by_bot[behavior["bot_id"]].append(behavior)
    cards = [(bot, by_bot[bot.id]) for bot in found.records]
    return render(request, "bots.html", {"bots": cards, "words": words, "total": found.total})
