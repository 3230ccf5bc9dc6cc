"""A behavior's tree, to read: what starts it, what it does, what each part is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from factotum.bots.actions.action_type import action_for
from factotum.bots.availability import unavailable_parts
from factotum.bots.behavior import Behavior
from factotum.bots.conditions.asking import condition_for
from factotum.bots.nodes import Action, Loop, Node, Outcome, Step
from factotum.bots.tree import read_behavior
from factotum.core.errors import Fault
from factotum.core.masking import MASK
from factotum.core.values import Record, Ref
from factotum.web.asking import actor_of, app, result
from factotum.web.pages import schedules

HTTP_REQUEST = "core.va.action.http_request"
NODE_ICONS = {
    "action": "run",
    "switch": "fork",
    "outcome": "right",
    "loop": "loop",
    "subroutine": "list",
}
TOLD = (
    "message",
    "value",
    "tpl",
    "name",
    "subroutine",
    "title",
    "content",
    "key",
    "options",
    "placeholder",
    "context",
    "until",
)
"""The params that say best what an action does, in this order."""


Beside = Mapping[tuple[str, str], Record]
"""Records that actions name, by type and id."""


OPERANDS = ("tpl", "name", "oper", "value", "values", "day", "month", "from", "to")
"""The operands of conditions, in the order they are read."""


class Line(NamedTuple):
    """One action of a node, as a person reads it."""

    label: str
    about: str
    key: str
    params: Mapping[str, Any]
    account: Record | None
    behavior: Record | None
    edit_url: str


class Shown(NamedTuple):
    """One node with what is inside it."""

    node: Node
    icon: str
    name: str
    note: str
    lines: list[Line]
    children: list[Any]


def behavior(request: HttpRequest, id: int) -> HttpResponseBase:
    """The tree: live solid, simulator dashed, disabled struck."""
    actor = actor_of(request)
    record = result(app().get(actor, Ref("behavior", id)))
    bot = result(app().get(actor, Ref("bot", int(record["bot_id"]))))
    read, faults = tree_of(record)
    beside = {
        (one.type, str(one.id)): one
        for kind in ("connected_account", "behavior")
        for one in result(app().find(actor, kind, "", limit=1000)).records
    }
    may_edit = result(app().may_edit(actor, record))
    context = {
        "record": record,
        "bot": bot,
        "behavior": read,
        "event_params": {
            key: value
            for key, value in read.event.params.items()
            if value not in ("", [], {}, None)
        },
        "faults": [*faults, *unavailable_parts(read)] if may_edit else [],
        "nodes": _shown(read.nodes, record.id if may_edit else 0, beside),
        "runs": result(app().runs(actor, limit=8, behavior_id=id)).runs,
        "may_edit": may_edit,
        **schedules.panel_of(actor, record),
    }
    return render(request, "behaviors/behavior.html", context)


def tree_of(record: Record) -> tuple[Behavior, list[Fault]]:
    """A behavior's record as the interpreter reads it."""
    event = {
        "key": record["event_key"],
        "label": record.get("event_label"),
        "params": record.get("event_params") or {},
    }
    document = {
        "title": record["title"],
        "event": event,
        "variables": record.get("variables") or {},
        "nodes": record.get("nodes") or [],
    }
    return read_behavior(document, id=record.id)


def _shown(nodes: Any, behavior_id: int, beside: Beside) -> list[Shown]:
    return [
        Shown(
            node,
            NODE_ICONS[node.type],
            node.title or node.type.capitalize(),
            _note(node),
            _lines(node, behavior_id, beside),
            _shown(node.nodes, behavior_id, beside),
        )
        for node in nodes
    ]


def _note(node: Node) -> str:
    """What a loop goes over, or when an outcome passes."""
    if isinstance(node, Loop) and MASK in node.foreach_json:
        return "for each of a list"
    if isinstance(node, Loop):
        return f"for each {node.as_placeholder} in {node.foreach_json.strip()}"
    if isinstance(node, Outcome):
        groups = [
            (" or " if group.any else " and ").join(
                condition_text(one.key, one.params) for one in group.conditions
            )
            for group in node.groups
        ]
        return f"if {'; and '.join(filter(None, groups))}" if any(groups) else "otherwise"
    return ""


def condition_text(key: str, params: Mapping[str, Any]) -> str:
    """``interaction is twitter.tweet.post``."""
    condition = condition_for(key)
    label = condition.label if condition else key
    words = [params.get(name) for name in OPERANDS]
    said = (_word(word) for word in words if word not in (None, "", []))
    return " ".join([label, *(word for word in said if MASK not in word)])


def _word(operand: Any) -> str:
    return ", ".join(map(str, operand)) if isinstance(operand, list) else str(operand).strip()


def _lines(node: Node, behavior_id: int, beside: Beside) -> list[Line]:
    if not isinstance(node, Action):
        return []
    return [
        _line(step, f"{node.at}-{index}", behavior_id, beside)
        for index, step in enumerate(node.steps)
    ]


def _line(step: Step, place: str, behavior_id: int, beside: Beside) -> Line:
    action = action_for(step.key)
    is_request = step.key == HTTP_REQUEST
    is_signed = is_request and step.params.get("auth") == "connected_account"
    account_id = str(step.params.get("auth_connected_account_id")) if is_signed else ""
    return Line(
        label=action.label if action else f"{step.key} (not available yet)",
        about=_about(step) if behavior_id else "",
        key=step.key,
        params=step.params if behavior_id else {},
        account=beside.get(("connected_account", account_id)),
        behavior=beside.get(("behavior", str(step.params.get("behavior_id")))),
        edit_url=f"/behaviors/{behavior_id}/actions/{place}" if is_request and behavior_id else "",
    )


def _about(step: Step) -> str:
    """The one thing to know of an action: its address, its message, what it sets."""
    params = step.params
    if step.key == HTTP_REQUEST:
        return (
            f"{str(params.get('http_verb') or 'get').upper()} {str(params.get('http_url')).strip()}"
        )
    if step.key == "_set_custom_var":
        return f"{params.get('var')} = {str(params.get('value') or '').strip()}"
    told = next((str(params[key]).strip() for key in TOLD if params.get(key)), "")
    return told if len(told) <= 240 else f"{told[:240]}…"
