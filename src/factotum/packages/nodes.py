"""The section ``behavior_nodes``: nodes added to behaviors that exist or come with the package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factotum.core.errors import Fault
from factotum.core.ports import Store
from factotum.core.values import Ref
from factotum.packages.entry import Entry
from factotum.packages.shape import is_id
from factotum.packages.templates import Filling

_OF_THE_FORMAT = ("behavior_id", "parent_id", "_exclude", "_context", "pos")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A node and where it goes: ``behavior_id`` and, within the package, its parent's uid."""

    path: str
    uid: str
    behavior_id: int
    node: Mapping[str, Any]
    parent_uid: str = ""


def attachments(
    entries: Sequence[Entry], filling: Filling, stand_ins: Mapping[int, str]
) -> tuple[list[Attachment], list[Fault]]:
    """The nodes with their templates filled; ``stand_ins`` are the ids that mean a node's uid."""
    found: list[Attachment] = []
    faults: list[Fault] = []
    for entry in entries:
        values = filling.fill(entry.values, entry.path)
        behavior_id = str(values.get("behavior_id") or "")
        parent = str(values.get("parent_id") or "0")
        parent_uid = stand_ins.get(int(parent), "") if is_id(parent) else ""
        if not is_id(behavior_id):
            sentence = "This must be the id of a behavior."
            faults.append(
                Fault("no-such-record", f"{entry.path}.behavior_id", sentence, "", entry.uid)
            )
        elif parent != "0" and not parent_uid:
            sentence = "A node's parent must be a node of the same package."
            hint = "Use 0 to add it at the end of the behavior."
            faults.append(
                Fault("no-such-node", f"{entry.path}.parent_id", sentence, hint, entry.uid)
            )
        else:
            node = {key: item for key, item in values.items() if key not in _OF_THE_FORMAT}
            found.append(Attachment(entry.path, entry.uid, int(behavior_id), node, parent_uid))
    return found, faults


def attached(nodes: Sequence[Any], added: Sequence[Attachment]) -> list[Any]:
    """The behavior's nodes with these added; a node whose uid is there already takes its place."""
    by_uid = {each.uid: dict(each.node) for each in added}
    for each in added:
        if each.parent_uid in by_uid:
            parent = by_uid[each.parent_uid]
            parent["nodes"] = [*(parent.get("nodes") or []), by_uid[each.uid]]
    roots = {each.uid: by_uid[each.uid] for each in added if each.parent_uid not in by_uid}
    kept = [_replaced(node, roots) for node in nodes]
    return kept + list(roots.values())


def _replaced(node: Any, roots: dict[str, dict[str, Any]]) -> Any:
    uid = node.get("uid") if isinstance(node, Mapping) else None
    return roots.pop(uid) if isinstance(uid, str) and uid in roots else node


def missing_behaviors(
    added: Sequence[Attachment], store: Store, coming: Mapping[int, str]
) -> list[Fault]:
    """A fault for each node whose behavior is neither stored nor in the package."""
    return [
        Fault(
            "no-such-record",
            f"{each.path}.behavior_id",
            f"There is no behavior with the id {each.behavior_id}.",
            "",
            each.uid,
        )
        for each in added
        if coming.get(each.behavior_id) != "behavior"
        and (each.behavior_id in coming or store.get(Ref("behavior", each.behavior_id)) is None)
    ]
