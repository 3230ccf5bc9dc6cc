"""The plan of an import: what it would do, as values that can be shown and carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from factotum.core.values import Ref
from factotum.packages.built import Built, built, filled
from factotum.packages.document import Document
from factotum.packages.drafts import Draft
from factotum.packages.entry import Entry
from factotum.packages.reach import Reach
from factotum.packages.repairs import Repair
from factotum.packages.templates import Filling

FIRST_STAND_IN = 9_000_000_000_000_000
"""From here on ids stand for records that are still to be made."""

OnExisting = Literal["update", "skip", "new"]
Verb = Literal["create", "update", "skip"]


@dataclass(frozen=True, slots=True)
class Step:
    """One record of the plan, in the order in which they are written.

    ``built`` is what it would be with ids that stand in for those the store will give;
    ``mentions`` are the uids whose ids stand in it.
    """

    verb: Verb
    draft: Draft
    ref: Ref | None
    built: Built
    extension_id: str = ""
    mentions: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """What a person calls the record."""
        return self.built.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import would do. ``filling`` fills the templates again once ids are known."""

    document: Document
    steps: tuple[Step, ...]
    nodes: tuple[Entry, ...] = ()
    node_ids: Mapping[int, str] = field(default_factory=dict)
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()
    reach: Reach
    filling: Filling = field(repr=False)


def with_ids(plan: Plan, step: Step) -> Step:
    """The step with the ids known now instead of those that stood in."""
    values = filled(step.draft, plan.filling)
    return replace(step, built=built(step.draft, values, step.extension_id))
