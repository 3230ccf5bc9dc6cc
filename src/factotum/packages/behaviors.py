"""Whether a behavior in a package can be walked, and what of it is not available yet.

A name that nobody knows is a fault. A name of the file format that cannot be used yet is a warning,
and so is a script that cannot be read: the behavior is kept whole, and the step stops when it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from factotum.bots.actions.action_type import action_types
from factotum.bots.actions.unavailable import UNAVAILABLE as NO_ACTIONS
from factotum.bots.availability import unavailable_parts
from factotum.bots.conditions.condition_type import condition_types
from factotum.bots.tree import Behavior, read_behavior
from factotum.bots.triggers.lookup import trigger_for
from factotum.bots.triggers.trigger import triggers
from factotum.bots.triggers.unavailable import UNAVAILABLE as NO_EVENTS
from factotum.core.errors import Fault, ScriptFault
from factotum.packages.decoding import join
from factotum.packages.drafts import Draft
from factotum.packages.nodes import Attachment
from factotum.packages.spelling import did_you_mean
from factotum.scripting import Scripts

_SCRIPTS = Scripts()
_PLUGIN_ACTIONS = ("wgm", "cerberusweb.", "cerb.")


@dataclass(slots=True)
class Findings:
    """What there is to say about one behavior."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def behavior_findings(draft: Draft, given: Mapping[str, Any]) -> Findings:
    """What keeps a behavior from being read, and what a person should know, of filled values."""
    event = {
        "key": given["event_key"],
        "label": given.get("event_label"),
        "params": given.get("event_params"),
    }
    document = {
        "uid": draft.uid,
        "title": given["title"],
        "event": event,
        "variables": given.get("variables"),
        "nodes": given.get("nodes"),
    }
    findings = _findings(document, draft.path, draft.uid)
    trigger = trigger_for(str(event["key"]))
    if trigger is not None and not findings.faults:
        sentences = trigger.faults(event["params"] or {}).values()
        findings.warnings += [f"{draft.place('event_params')}: {each}" for each in sentences]
    return findings


def node_findings(added: Attachment) -> Findings:
    """The same of a node of the section ``behavior_nodes``; one below another is a part of it."""
    event = {"key": "event.macro.bot"}
    document = {"title": added.uid, "event": event, "nodes": [added.node]}
    findings = Findings() if added.parent_uid else _findings(document, "", added.uid)
    return Findings(
        [replace(f, path=f.path.replace("nodes[0]", added.path, 1)) for f in findings.faults],
        [each.replace("nodes[0]", added.path, 1) for each in findings.warnings],
    )


def _findings(document: Mapping[str, Any], path: str, uid: str) -> Findings:
    behavior, faults = read_behavior(document, path)
    findings = Findings([replace(fault, record=uid) for fault in faults])
    if faults:
        return findings
    for part in _parts(behavior, path):
        if _is_a_fault(part):
            findings.faults.append(replace(part, record=uid))
        else:
            findings.warnings.append(str(part))
    findings.warnings += _script_notes(document["nodes"], join(path, "nodes"))
    return findings


def _parts(behavior: Behavior, path: str) -> Iterator[Fault]:
    """What cannot be used, with the nearest known name as a hint."""
    known = {
        "unknown-event": (*triggers, *NO_EVENTS),
        "unknown-action": (*action_types, *NO_ACTIONS),
        "unknown-condition": tuple(condition_types),
    }
    for part in unavailable_parts(behavior, path):
        near = did_you_mean(_name(part), known.get(part.code, ()))
        yield replace(part, hint=near) if near else part


def _is_a_fault(part: Fault) -> bool:
    if part.code == "unknown-action":
        return not _name(part).startswith(_PLUGIN_ACTIONS) or part.hint.startswith("Did you mean")
    return part.code == "unknown-event"


def _name(part: Fault) -> str:
    """``There is no action core.va.acton.x.`` ends with the name."""
    return part.sentence.rstrip(".").rpartition(" ")[2]


def _script_notes(value: Any, path: str) -> Iterator[str]:
    for at, text in _texts(value, path):
        try:
            _SCRIPTS.check(text)
        except ScriptFault as fault:
            yield f"{at}: this script cannot be run; its step will stop. {fault.sentence}"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and ("{{" in value or "{%" in value):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, join(path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, join(path, index))
