"""Every change of what a behavior does is a revision that nothing changes afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from factotum.core.values import Actor
from factotum.records.behavior import REVISED
from factotum.store.models import Behavior, BehaviorRevision


def revise(row: Behavior, before: Mapping[str, Any], actor: Actor) -> None:
    """Write the next revision where a revised field changed; the row names it, unsaved.

    Called in the transaction that changes the behavior, with its row locked.
    """
    document = {key: getattr(row, key) for key in REVISED}
    if row.revision and document == {key: before[key] for key in REVISED}:
        return
    row.revision += 1
    BehaviorRevision.objects.create(
        behavior=row,
        number=row.revision,
        document=document,
        created_at=timezone.now(),
        worker_id=actor.worker_id,
        by=actor.name,
    )


def revisions(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
    """(behavior id, number) → the revised fields as they were then, of those that there are."""
    rows = BehaviorRevision.objects.filter(
        behavior_id__in={behavior_id for behavior_id, _ in keys},
        number__in={number for _, number in keys},
    )
    found = rows.values_list("behavior_id", "number", "document")
    return {(one, number): document for one, number, document in found if (one, number) in keys}
