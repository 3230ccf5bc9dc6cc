"""Where a conversation stands between two turns, as JSON, and the walk that goes on from there.

A state is what a program was begun with and the results of its effects so far. Where the tree has
ended, the next message begins a new program from the placeholders, so that what is kept does not
grow with the length of the talk.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.conversation import converse, converse_again
from factotum.bots.effects import Ask, Effect, LoadBehavior
from factotum.bots.flow import Steps
from factotum.bots.interpreter import Scripts
from factotum.bots.recording import decode_result, encode_result

State = dict[str, Any]

_LOOKUP = LoadBehavior(name="")


def begun(behavior: Behavior, payload: Mapping[str, Any]) -> State:
    """A conversation with this behavior, before its first turn."""
    return {"behavior": encode_result(_LOOKUP, behavior), "payload": dict(payload), "results": []}


def behavior_of(state: Mapping[str, Any]) -> Behavior:
    """The behavior that the conversation began with, or that its tree ended in."""
    behavior: Behavior = decode_result(_LOOKUP, state["behavior"])
    return behavior


def answered(state: Mapping[str, Any], answer: Mapping[str, Any]) -> State:
    """With the answer to the question it stands at."""
    if _has_ended(state):
        return {**state, "message": str(answer.get("message") or "")}
    return {**state, "results": [*state["results"], dict(answer)]}


def walk_of(state: Mapping[str, Any], scripts: Scripts) -> Steps[dict[str, Any]]:
    """The program; walked with the state's results it comes to where the conversation stands."""
    behavior = behavior_of(state)
    if "message" in state:
        return converse_again(behavior, state["values"], state["message"], scripts=scripts)
    return converse(behavior, state["payload"], scripts=scripts)


def after(state: Mapping[str, Any], done: Sequence[tuple[Effect, Any]], ask: Ask | None) -> State:
    """After a turn that performed these effects and stands at this question now."""
    if ask is not None and ask.kind == "restart":
        return {
            "behavior": encode_result(_LOOKUP, ask.params["behavior"]),
            "values": json.loads(json.dumps(ask.params["values"], default=str)),
            "results": [],
        }
    new = [encode_result(effect, result) for effect, result in done]
    return {**state, "results": [*state["results"], *new]}


def _has_ended(state: Mapping[str, Any]) -> bool:
    return "values" in state and "message" not in state
