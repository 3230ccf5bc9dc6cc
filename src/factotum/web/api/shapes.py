"""How records and runs look in the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from factotum.core.ports import Page
from factotum.core.values import Record
from factotum.runs.approvals import Approval
from factotum.runs.run import EffectRow, Run, RunPage
from factotum.usecases.replaying import Replay
from factotum.usecases.run_cost import Cost, cost_of_run
from factotum.usecases.run_view import RunView


def timestamp(seconds: float | None) -> str | None:
    """Seconds since 1970 as RFC 3339 in UTC, or None."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def record(item: Record) -> dict[str, Any]:
    """``{id, type, label, url, …values}``; never a secret."""
    return {
        **item.values,
        "id": item.id,
        "type": item.type,
        "label": item.label,
        "url": f"/cards/{item.type}/{item.id}",
    }


def page(found: Page) -> dict[str, Any]:
    """``{items, next, total}``; ``next`` is the cursor of the page after, null at the end."""
    return {
        "items": [record(item) for item in found.records],
        "next": found.cursor or None,
        "total": found.total,
    }


def run(view: RunView) -> dict[str, Any]:
    """A whole run: status, steps, effects, final placeholders."""
    return {
        **run_line(view),
        "cost": cost.as_json() if (cost := cost_of_run(view.run, view.steps)) else None,
        "went_on": [
            {"at": timestamp(each["at"]), "code": each["code"], "reason": each["reason"]}
            for each in view.run.went_on
        ],
        "placeholders": view.placeholders,
        "answer": view.run.answer,
        "steps": [
            {
                "number": step.number,
                "path": step.path,
                "kind": step.kind,
                "title": step.title,
                "status": step.status,
                "at": timestamp(step.at),
                "ms": round(step.ms, 3),
                "data": step.data,
            }
            for step in view.steps
        ],
        "effects": [effect(each) for each in view.effects],
    }


def effect(row: EffectRow) -> dict[str, Any]:
    """An unsafe request of the ledger."""
    return {
        "key": row.key,
        "run_id": row.run_id,
        "path": row.path,
        "attempt": row.attempt,
        "state": row.state,
        "outcome": row.outcome or None,
        "said_by": row.said_by or None,
        "method": row.method,
        "url": row.url,
        "account_id": row.account_id,
        "status_code": row.status_code,
        "intended_at": timestamp(row.intended_at),
        "sent_at": timestamp(row.sent_at),
        "answered_at": timestamp(row.answered_at),
        "note": row.note,
        "idempotency_key": row.idempotency_key or None,
    }


def approval(asked: Approval) -> dict[str, Any]:
    """What a run asks for, and what was said."""
    return {
        "key": asked.key,
        "run_id": asked.run_id,
        "message": asked.message,
        "worker_id": asked.worker_id,
        "asked_at": timestamp(asked.asked_at),
        "expires_at": timestamp(asked.expires_at),
        "outcome": asked.outcome or None,
        "said_by": asked.said_by or None,
        "comment": asked.comment or None,
        "said_at": timestamp(asked.said_at),
    }


def run_line(view: RunView) -> dict[str, Any]:
    """A run as a line of a list."""
    row = view.run
    return {
        "id": row.id,
        "status": row.status,
        "title": row.title,
        "trigger": row.trigger,
        "driver": row.driver,
        "behavior_id": row.behavior_id,
        "revision": row.revision,
        "actor": row.actor,
        "started_at": timestamp(row.started_at),
        "ended_at": timestamp(row.ended_at),
        "priority": row.priority if row.driver == "durable" else None,
        "deadline": timestamp(row.deadline),
        "wake_at": timestamp(row.wake_at),
        "wait_code": row.wait_code or None,
        "wait_reason": row.wait_reason or None,
        "error": row.error or None,
        "code": row.code or None,
        "cost": _cost(row),
        "url": f"/runs/{row.id}",
    }


def _cost(row: Run) -> dict[str, Any] | None:
    return None if row.cost is None else Cost(row.cost, row.driver == "simulated").as_json()


def replay(found: Replay) -> dict[str, Any]:
    """A run beside what another revision would have done."""
    run = found.view.run
    return {
        "run_id": run.id,
        "revision": found.revision,
        "latest_revision": found.latest,
        "is_same": found.is_same,
        "then": {"revision": run.revision, "status": run.status, "error": run.error or None},
        "now": {"revision": found.revision, "status": found.status, "error": found.error or None},
        "decisions": [
            {"path": one.path, "title": one.title, "then": one.then or None, "now": one.now or None}
            for one in found.decisions
        ],
        "requests": [
            {"path": one.path, "state": one.state, "then": one.then, "now": one.now}
            for one in found.requests
        ],
        "notes": list(found.notes),
    }


def run_page(found: RunPage) -> dict[str, Any]:
    """``{items, next}`` of runs, newest first."""
    return {
        "items": [run_line(RunView(row)) for row in found.runs],
        "next": found.cursor or None,
    }
