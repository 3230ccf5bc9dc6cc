"""Whether a behavior in a package can be walked, and what of it is not available yet.

A name that nobody knows is a fault. A name of the file format that cannot be used yet is a warning,
and so is a script that cannot be read: the behavior is kept whole, and the step stops when it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from factotum.bots.actions import unavailable as no_actions
from factotum.bots.actions.action_type import action_for, action_types
from factotum.bots.conditions import condition_type as conditions
from factotum.bots.tree import read_behavior
from factotum.bots.triggers import unavailable as no_events
from factotum.bots.triggers.trigger import trigger_for, triggers
from factotum.core.errors import Fault, ScriptFault
from factotum.packages.decoding import join
from factotum.packages.drafts import Draft
from factotum.packages.nodes import Attachment
from factotum.packages.spelling import closest, did_you_mean
from factotum.scripting import Scripts

_SCRIPTS = Scripts()
_PLUGIN_ACTIONS = ("wgm", "cerberusweb.", "cerb.")


@dataclass(slots=True)
class Findings:
    """What there is to say about one behavior."""

    uid: str
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
    _, faults = read_behavior(document, draft.path)
    findings = Findings(draft.uid, [replace(fault, record=draft.uid) for fault in faults])
    if not faults:
        _look_at_event(event, draft.place("event_key"), findings)
        _look_at_nodes(given.get("nodes"), draft.place("nodes"), findings)
    return findings


def node_findings(added: Attachment) -> Findings:
    """The same of a node of the section ``behavior_nodes``; one below another is a part of it."""
    document = {"title": added.uid, "event": {"key": "event.macro.bot"}, "nodes": [added.node]}
    _, faults = read_behavior(document, "") if not added.parent_uid else (None, [])
    findings = Findings(added.uid)
    findings.faults += [
        replace(fault, path=fault.path.replace("nodes[0]", added.path, 1), record=added.uid)
        for fault in faults
    ]
    if not faults:
        _look_at_node(added.node, added.path, findings)
    return findings


def _look_at_event(event: Mapping[str, Any], path: str, findings: Findings) -> None:
    key = str(event["key"])
    trigger = trigger_for(key)
    label = no_events.label_of(key)
    if trigger is not None:
        faults = trigger.faults(event.get("params") or {})
        findings.warnings += [f"{path}: {sentence}" for sentence in faults.values()]
    elif label:
        findings.warnings.append(
            f"{path}: the event {key!r} ({label}) is not available yet; the behavior is kept."
        )
    else:
        hint = (
            did_you_mean(key, (*triggers, *no_events.UNAVAILABLE))
            or "Use an event such as 'event.macro.bot'."
        )
        findings.faults.append(
            Fault("unknown-event", path, f"There is no event {key!r}.", hint, findings.uid)
        )


def _look_at_nodes(nodes: Any, path: str, findings: Findings) -> None:
    for index, node in enumerate(nodes if isinstance(nodes, list) else ()):
        _look_at_node(node, join(path, index), findings)


def _look_at_node(node: Mapping[str, Any], path: str, findings: Findings) -> None:
    params = node.get("params") or {}
    for index, action in enumerate(params.get("actions") or ()):
        _look_at_action(str(action["action"]), f"{path}.params.actions[{index}].action", findings)
    for at, condition in _conditions(params, path):
        _look_at_condition(str(condition["condition"]), f"{at}.condition", findings)
    findings.warnings += _script_notes(params, f"{path}.params")
    _look_at_nodes(node.get("nodes"), f"{path}.nodes", findings)


def _conditions(params: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place, group in enumerate(params.get("groups") or ()):
        for index, condition in enumerate(group.get("conditions") or ()):
            yield f"{path}.params.groups[{place}].conditions[{index}]", condition


def _look_at_action(key: str, path: str, findings: Findings) -> None:
    if action_for(key) is not None:
        return
    known = (*action_types, *no_actions.UNAVAILABLE)
    label = no_actions.UNAVAILABLE.get(key)
    if label or (key.startswith(_PLUGIN_ACTIONS) and not closest(key, known)):
        named = f"{key!r} ({label})" if label else repr(key)
        findings.warnings.append(f"{path}: the action {named} is not available yet; it is kept.")
        return
    hint = did_you_mean(key, known) or "Use an action such as 'core.va.action.http_request'."
    findings.faults.append(
        Fault("unknown-action", path, f"There is no action {key!r}.", hint, findings.uid)
    )


def _look_at_condition(key: str, path: str, findings: Findings) -> None:
    """Any other name may be a placeholder that the behavior sets before."""
    if conditions.condition_for(key) is not None:
        return
    label = conditions.UNAVAILABLE.get(key)
    near = "" if label else did_you_mean(key, conditions.condition_types)
    if label:
        findings.warnings.append(
            f"{path}: the condition {key!r} ({label}) is not available yet; it counts as false."
        )
    elif near or key.startswith("_") or "." in key:
        findings.warnings.append(
            f"{path}: there is no condition {key!r}; it counts as false. {near}".rstrip()
        )


def _script_notes(params: Any, path: str) -> Iterable[str]:
    for at, text in _texts(params, path):
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
