"""A run beside what another revision of its behavior would have done in its place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from factotum.core.errors import BadInput
from factotum.web.asking import actor_of, app, result


def replay(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """``?revision=2``; without one, the latest. Nothing is sent."""
    asked = request.GET.get("revision", "")
    if asked and not (asked.isascii() and asked.isdigit() and int(asked) > 0):
        raise BadInput(f"A revision is a number from 1; “{asked[:20]}” is none.")
    found = result(app().replay_run(actor_of(request), run_id, int(asked or 0)))
    context = {
        "replay": found,
        "run": found.view.run,
        "revisions": range(found.latest, 0, -1),
        "changed": [pair for pair in found.decisions if not pair.is_same],
        "same_count": sum(pair.is_same for pair in found.decisions),
    }
    return render(request, "runs/replay.html", context)
