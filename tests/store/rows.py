"""Runs and requests as the tests of their keeping write them."""

from __future__ import annotations

from typing import Any

from factotum.runs.run import EffectRow, Run

UNENDED = {"queued", "running", "waiting"}


def run_at(seconds: float, number: int = 0, **values: Any) -> Run:
    """One that began then; it ended a second later unless its status says otherwise."""
    kept = {"title": "T", "trigger": "api", "driver": "attended", "status": "done", **values}
    ended = None if kept["status"] in UNENDED else seconds + 1
    run_id = f"{int(seconds * 1000):012x}{number:020x}"
    return Run(id=run_id, started_at=seconds, **{"ended_at": ended, **kept})


def effect(run: Run, number: int = 0, state: str = "answered", **values: Any) -> EffectRow:
    """A request of it; ``number`` tells it from others."""
    return EffectRow(
        key=f"{run.id}:0#0:{number}",
        run_id=run.id,
        path="0#0",
        state=state,
        method="POST",
        url="https://api.x.com/2/tweets",
        host="api.x.com",
        fingerprint="f" * 64,
        intended_at=5.0 + number,
        **values,
    )
