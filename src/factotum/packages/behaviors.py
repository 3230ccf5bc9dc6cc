"""Whether a behavior in a package can be walked, and what of it is not available yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factotum.bots.tree import read_behavior
from factotum.core.errors import Fault
from factotum.packages.drafts import Draft
from factotum.packages.nodes import Attachment


def behavior_findings(draft: Draft, given: Mapping[str, Any]) -> tuple[list[Fault], list[str]]:
    """(what keeps the behavior from being read, what a person should know) of filled values."""
    document = {
        "uid": draft.uid,
        "title": given["title"],
        "event": {
            "key": given["event_key"],
            "label": given.get("event_label"),
            "params": given.get("event_params"),
        },
        "variables": given.get("variables"),
        "nodes": given.get("nodes"),
    }
    _, faults = read_behavior(document, draft.path)
    return faults, []


def node_faults(added: Attachment) -> list[Fault]:
    """What is wrong with a node of the section ``behavior_nodes``; below a parent it is a part."""
    if added.parent_uid:
        return []
    document = {"title": added.uid, "event": {"key": "event.macro.bot"}, "nodes": [added.node]}
    _, faults = read_behavior(document, "")
    return [replace(fault, path=fault.path.replace("nodes[0]", added.path, 1)) for fault in faults]
