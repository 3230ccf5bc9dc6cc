"""The order in which the records of a plan are written."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from factotum.core.fields import Link
from factotum.core.values import Ref
from factotum.packages.plan import Step


def in_order(steps: Mapping[Ref, Step]) -> list[Step]:
    """Each record after those that it points to and, where it can be, those that it mentions.

    ``steps`` are keyed by the ids that stand in their values. Nothing comes back where records
    point to each other in a circle; behaviors that mention each other are no such circle.
    """
    by_uid = {step.draft.uid: ref for ref, step in steps.items()}
    needed = {
        ref: {each for each in _pointed_at(step) if each in steps} for ref, step in steps.items()
    }
    wanted = {
        ref: needed[ref] | {by_uid[uid] for uid in step.mentions if uid in by_uid} - {ref}
        for ref, step in steps.items()
    }
    return [steps[ref] for ref in _sorted(wanted) or _sorted(needed)]


def _sorted(graph: Mapping[Ref, set[Ref]]) -> list[Ref]:
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError:
        return []


def _pointed_at(step: Step) -> list[Ref]:
    values = step.built.values
    links = [each for each in step.draft.type.fields if isinstance(each, Link)]
    refs = [Ref(link.to, values[link.key]) for link in links if values.get(link.key)]
    if step.draft.type.has_owner:
        refs.append(Ref(str(values["owner__context"]), int(values["owner_id"])))
    return refs
