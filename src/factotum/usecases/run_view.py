"""A run as people and programs see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from factotum.core.errors import FactotumError, NotFound
from factotum.core.masking import mask
from factotum.records.inside import texts_in
from factotum.runs.ports import RunStore
from factotum.runs.run import EffectRow, Run, Step

REFUSED = "http-"
"""How the code of a run begins that is done, but was answered with an error: http-404."""


def refusing_code(status: int) -> str:
    """The code of a run whose one request was answered with this status; "" where it went well."""
    return f"{REFUSED}{status}" if status >= 400 else ""


def refusing_status(run: Run) -> int:
    """With what the service refused a request by hand; 0 where it did not.

    The run itself is done: it has sent what it was asked to send, and has an answer.
    """
    status = run.code.removeprefix(REFUSED) if run.status == "done" else ""
    return int(status) if status.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class RunView:
    """One run with its journal and its effects; see ``runs.run`` for their shapes.

    ``failure`` is what a request made by hand failed with, for whoever made it.
    """

    run: Run
    steps: Sequence[Step] = field(default=())
    effects: Sequence[EffectRow] = field(default=())
    failure: FactotumError | None = None

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.id

    @property
    def status(self) -> str:
        """running, waiting, done, failed or interrupted."""
        return self.run.status

    @property
    def error(self) -> str:
        """Why it failed, "" where it did not."""
        return self.run.error

    @property
    def placeholders(self) -> Mapping[str, Any]:
        """The final dictionary, secrets masked."""
        return self.run.placeholders

    @property
    def failed_steps(self) -> Sequence[Step]:
        """The steps that did not work, in order."""
        return [step for step in self.steps if step.status == "failed"]


def without(view: RunView, hidden: frozenset[str]) -> RunView:
    """The run with these texts masked wherever they stand, and what its bot was configured with."""
    hidden |= texts_in(view.run.placeholders.get("behavior_bot_config"))
    if not hidden:
        return view
    run = replace(
        view.run,
        placeholders=mask(view.run.placeholders, hidden),
        answer=mask(view.run.answer, hidden),
        error=mask(view.run.error, hidden),
    )
    return replace(
        view,
        run=run,
        steps=[
            replace(step, title=mask(step.title, hidden), data=mask(step.data, hidden))
            for step in view.steps
        ],
        effects=[
            replace(effect, url=mask(effect.url, hidden), note=mask(effect.note, hidden))
            for effect in view.effects
        ],
    )


def view_of(runs: RunStore, run_id: str) -> RunView:
    """The run as it is on disk; NotFound where there is none."""
    run = runs.get(run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id}.")
    return RunView(run, runs.steps(run_id), runs.effects(run_id))
