"""Home: for a newcomer a checklist with live state, later what needs attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from factotum.core.values import Actor, Record
from factotum.runs.run import Run
from factotum.web.asking import actor_of, app, result

SCHEDULE = "event.behavior.recurrent"


class ToDo(NamedTuple):
    """One step of the checklist."""

    title: str
    about: str
    is_done: bool
    label: str
    url: str
    opens_card: bool = False


def home(request: HttpRequest) -> HttpResponseBase:
    """The first page after signing in."""
    actor = actor_of(request)
    accounts = result(app().find(actor, "connected_account", "", limit=500)).records
    runs = result(app().runs(actor, limit=20)).runs
    steps = _steps(actor, accounts, runs)
    context = {
        "steps": steps,
        "done_count": sum(step.is_done for step in steps),
        "next_step": next((step for step in steps if not step.is_done), None),
        "relink": [one for one in accounts if one.get("health") in {"relink", "failing"}],
        "budgets": result(app().budgets_near_their_end(actor))[:5],
        "stopped": result(app().stopped_accounts(actor))[:5],
        "failed": [one for one in runs if one.status in {"failed", "interrupted"}][:3],
        "waiting": [one for one in runs if one.wait_code == "held"][:5],
        "runs": runs[:8],
        "clocks": result(app().wrong_clocks()) if actor.is_admin else (),
    }
    return render(request, "home.html", context)


def _steps(actor: Actor, accounts: Sequence[Record], runs: Sequence[Run]) -> list[ToDo]:
    services = result(app().find(actor, "connected_service", "", limit=1)).total
    behaviors = result(app().find(actor, "behavior", "", limit=500)).records
    webhooks = result(app().find(actor, "webhook_listener", "", limit=1)).total
    unlinked = next((one for one in accounts if not one.get("health")), None)
    linked = any(one.get("health") for one in accounts)
    has_run = any(run.behavior_id and run.driver != "simulated" for run in runs)
    is_by_itself = bool(webhooks) or any(one["event_key"] == SCHEDULE for one in behaviors)
    return [
        ToDo(
            "Pick a service",
            "Import a package for X, GitHub, Slack or another, or take one from the library.",
            bool(services),
            "Open the library",
            "/setup/packages/library",
        ),
        ToDo(
            "Link an account",
            "Sign in at the service once and allow access. Factotum keeps the keys.",
            linked,
            "Link an account",
            f"/cards/connected_account/{unlinked.id}/edit"
            if unlinked
            else "/search/connected_account",
            opens_card=unlinked is not None,
        ),
        ToDo(
            "Run a behavior",
            "Let a bot do something, in the simulator first if you like.",
            has_run,
            "Choose a behavior",
            "/bots",
        ),
        ToDo(
            "Let it run by itself",
            "Start it from a webhook, or import a bot with a schedule.",
            is_by_itself,
            "Make a webhook",
            "/cards/webhook_listener/new",
            opens_card=True,
        ),
    ]
