"""What a run's requests cost, or would cost: read from its journal, where each step tells its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factotum.runs.budgets.money import amount, dollars, micros_of
from factotum.runs.run import Run, Step


@dataclass(frozen=True, slots=True)
class Cost:
    """``is_estimate`` where some of it was not sent: it would cost that much at most."""

    micros: int
    is_estimate: bool = False

    @property
    def told(self) -> str:
        """``$0.015``."""
        return dollars(self.micros)

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {"usd": amount(self.micros), "is_estimate": self.is_estimate}


def cost_of(steps: Iterable[Step]) -> Cost | None:
    """The sum over a run; None where no request had a price.

    >>> step = Step(1, "0", "http", "POST x", "ok", 0.0, data={"cost": {"usd": "0.015"}})
    >>> cost_of([step, step]).told
    '$0.03'
    """
    told = [found for step in steps if (found := _told(step))]
    if not told:
        return None
    total = sum(micros_of(each.get("usd", "0")) for each in told)
    return Cost(total, any(each.get("is_estimate") for each in told))


def cost_of_run(run: Run, steps: Iterable[Step]) -> Cost | None:
    """What the whole run has cost: also what got no answer, of which no step tells a price."""
    told = cost_of(steps)
    if run.cost is None:
        return told
    is_estimate = run.driver == "simulated" if told is None else told.is_estimate
    return Cost(run.cost, is_estimate)


def _told(step: Step) -> Mapping[str, Any]:
    found = step.data.get("cost") if step.kind == "http" else None
    return found if isinstance(found, Mapping) else {}


def budgets_of(steps: Sequence[Step]) -> Sequence[Mapping[str, Any]]:
    """How the budgets stood at the run's last request: ``{of, period, unit, amount, left}``."""
    for step in reversed(steps):
        if step.kind == "http" and isinstance(found := step.data.get("budget"), list):
            return found
    return []
