"""What a behavior uses that is not here, by name: for the importer's answer and the card."""

from __future__ import annotations

from collections.abc import Iterator

from factotum.bots import nodes as tree
from factotum.bots.actions.action_type import action_for
from factotum.bots.actions.unavailable import label_of as label_of_action
from factotum.bots.actions.unavailable import shown
from factotum.bots.behavior import Behavior
from factotum.bots.conditions.asking import condition_for
from factotum.bots.conditions.condition_type import UNAVAILABLE as CONDITIONS
from factotum.bots.scope import of_behavior
from factotum.bots.triggers.lookup import trigger_for
from factotum.bots.triggers.unavailable import label_of
from factotum.core.errors import Fault

_SETTING = ("var", "response_placeholder", "object_placeholder", "placeholder", "as_placeholder")


def unavailable_parts(behavior: Behavior, path: str = "") -> list[Fault]:
    """Every event, action and condition that cannot be used, with its path.

    Codes: ``event-unavailable``, ``action-unavailable``, ``condition-unavailable`` for what the file
    format knows and is not done yet; ``unknown-event``, ``unknown-action``, ``unknown-condition``
    for what nobody knows.
    """
    found = [*_event(behavior, path)]
    names = _names(behavior)
    for node in tree.every(behavior.nodes):
        here = f"{path}.{tree.json_path(node.at)}" if path else tree.json_path(node.at)
        if isinstance(node, tree.Action):
            found += _actions(node, here, behavior)
        elif isinstance(node, tree.Outcome) and names is not None:
            found += _conditions(node, here, names)
    return found


def _event(behavior: Behavior, path: str) -> Iterator[Fault]:
    key = behavior.event.key
    if not key or trigger_for(key) is not None:
        return
    here = f"{path}.event.key" if path else "event.key"
    label = label_of(key)
    if label:
        yield Fault(
            "event-unavailable", here, f"The event “{label}” ({key}) is not available yet.", _KEPT
        )
    else:
        yield Fault("unknown-event", here, f"There is no event {key}.", "Check its spelling.")


_KEPT = "The behavior is kept and will not run."
_STOPS = "A run stops when it comes to it."


def _actions(node: tree.Action, path: str, behavior: Behavior) -> Iterator[Fault]:
    for index, step in enumerate(node.steps):
        here = f"{path}.params.actions[{index}].action"
        action = action_for(step.key) if step.key else None
        if action is not None:
            sentence = action.not_available(step, behavior)
            if sentence:
                yield Fault("action-unavailable", here, f"{step.key}: {sentence}", _STOPS)
        if not step.key or action is not None:
            continue
        label = label_of_action(step.key)
        if label:
            yield Fault(
                "action-unavailable",
                here,
                f"The action “{label}” ({shown(step.key)}) is not available yet.",
                _STOPS,
            )
        else:
            hint = "Check its spelling."
            yield Fault("unknown-action", here, f"There is no action {step.key}.", hint)


def _conditions(node: tree.Outcome, path: str, names: frozenset[str]) -> Iterator[Fault]:
    for group, given in enumerate(node.groups):
        for index, condition in enumerate(given.conditions):
            key = condition.key
            if not key or condition_for(key) is not None or _is_placeholder(key, names):
                continue
            here = f"{path}.params.groups[{group}].conditions[{index}].condition"
            label = CONDITIONS.get(key)
            code = "condition-unavailable" if label else "unknown-condition"
            sentence = (
                f"The condition “{label}” ({key}) is not available yet."
                if label
                else f"There is no condition {key}."
            )
            yield Fault(code, here, sentence, "It counts as false.")


def _is_placeholder(key: str, names: frozenset[str]) -> bool:
    """A name that this behavior has, or a field of a record that it has (``worker_first_name``)."""
    if key in names or key.startswith("custom_"):
        return True
    return any(name.endswith("_id") and key.startswith(name.removesuffix("id")) for name in names)


def _names(behavior: Behavior) -> frozenset[str] | None:
    """Every placeholder that the event, the variables and the actions of a behavior set.

    None where the event's cannot be known: then nothing is said of conditions, only of the event.
    """
    trigger = trigger_for(behavior.event.key)
    given = trigger.names(behavior.event.params) if trigger is not None else None
    if given is None:
        return None
    names = {*of_behavior(behavior), *(variable.key for variable in behavior.variables), *given}
    for node in tree.every(behavior.nodes):
        if isinstance(node, tree.Loop):
            names.add(node.as_placeholder)
        for step in node.steps if isinstance(node, tree.Action) else ():
            names.update(str(step.params[key]) for key in _SETTING if step.params.get(key))
    return frozenset(names)
