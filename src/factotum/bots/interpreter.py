"""Walks a behavior's tree. A generator: it yields effects and is given their results.

It does no I/O and reads no clock, so a walk that is given the same results takes the same way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from factotum.bots import nodes as tree
from factotum.bots.actions.action_type import action_for
from factotum.bots.answers import Answers
from factotum.bots.behavior import Behavior
from factotum.bots.conditions.asking import passes
from factotum.bots.effects import Effect, Note, Offer
from factotum.bots.execution import Clock, Execution
from factotum.bots.flow import After, Exit, Handover, Signal, Steps
from factotum.bots.scope import Scope, of_behavior
from factotum.bots.triggers.lookup import trigger_for
from factotum.bots.variables import convert, defaults, given
from factotum.core.errors import BadInput, BehaviorFault, NotFound, Refused

_EPOCH = datetime.fromtimestamp(0, UTC)


class Scripts(Protocol):
    """What renders scripts; ``factotum.scripting.Scripts`` does."""

    def render(
        self, text: str, values: Mapping[str, Any], *, now: datetime, seed: int, timezone: str
    ) -> str:
        """The script's output; ScriptFault for a faulty one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Against behaviors that run away.

    ``steps`` counts nodes, rounds and actions between two answers of a person; ``depth`` counts
    nodes, behaviors and subroutines inside each other.
    """

    steps: int = 20_000
    depth: int = 80


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Frame:
    """One behavior on the stack. ``prefix`` stands before the paths of its nodes."""

    behavior: Behavior
    scope: Scope
    prefix: str = ""
    stack: frozenset[int] = frozenset()

    def path(self, at: str) -> str:
        """The path of effects at this place."""
        return f"{self.prefix}{at}"

    def inside(self, path: str, separator: str = "/") -> Frame:
        """The same behavior, walked from inside a place (a subroutine's call, a loop's round)."""
        return replace(self, prefix=f"{path}{separator}")


def walk(
    behavior: Behavior,
    payload: Mapping[str, Any],
    *,
    scripts: Scripts,
    variables: Mapping[str, Any] | None = None,
    simulate: bool = False,
    timezone: str = "UTC",
    limits: Limits = LIMITS,
) -> Steps[dict[str, Any]]:
    """Run a behavior to its end; returns its final placeholders.

    ``payload`` is what the trigger's ``values`` takes; ``variables`` are a person's inputs (BadInput
    for wrong ones). Raises BehaviorFault where a step cannot be done; what went before it stays
    done. For a chat take ``conversation.converse``.
    """
    interpreter = Interpreter(scripts, simulate=simulate, timezone=timezone, limits=limits)
    frame = interpreter.frame(behavior, payload)
    yield from interpreter.put_in(frame, given(behavior, variables or {}))
    return (yield from interpreter.run(frame))


class Interpreter:
    """One run: its settings, what it has used of its limits, and the answers it got."""

    def __init__(
        self,
        scripts: Scripts,
        *,
        simulate: bool = False,
        timezone: str = "UTC",
        limits: Limits = LIMITS,
        in_chat: bool = False,
    ) -> None:
        self.scripts = scripts
        self.simulate = simulate
        self.timezone = timezone
        self.limits = limits
        self.in_chat = in_chat
        self.answers = Answers()
        self.offers: list[Offer] = []
        self.questions = 0
        self._steps = 0
        self._depth = 0
        self._noted: BehaviorFault | None = None

    # Behaviors

    def frame(
        self,
        behavior: Behavior,
        payload: Mapping[str, Any],
        *,
        prefix: str = "",
        stack: frozenset[int] = frozenset(),
    ) -> Frame:
        """A behavior about to be entered; BehaviorFault where it must not be."""
        trigger = trigger_for(behavior.event.key)
        self._check(behavior)
        if trigger is None:
            raise BehaviorFault(
                f"{behavior.title} waits for the event {behavior.event.key}, which is not "
                "available yet.",
                code="unknown-event",
            )
        values = of_behavior(behavior) | trigger.values(payload, behavior) | defaults(behavior)
        return Frame(behavior, Scope(values), prefix, stack | {behavior.id})

    def _check(self, behavior: Behavior) -> None:
        bot = behavior.bot
        if behavior.is_disabled or bot.is_disabled:
            name = behavior.title if behavior.is_disabled else f"The bot {bot.name}"
            raise BehaviorFault(f"{name} is disabled. Enable it to run it.", code="disabled")
        if not bot.events.permits(behavior.event.key):
            raise BehaviorFault(
                f"The bot {bot.name} may not react to {behavior.event.key}. "
                "Allow the event on the bot's card.",
                code="event-not-allowed",
            )

    def put_in(self, frame: Frame, values: Mapping[str, Any]) -> Steps[None]:
        """Set inputs, converted by their variables' types."""
        path = frame.path("")
        execution = Execution(self, frame, path, Clock(path))
        for key, value in values.items():
            variable = frame.behavior.variable(key)
            if variable is not None:
                frame.scope.update((yield from convert(variable, value, execution)))

    def run(self, frame: Frame) -> Steps[dict[str, Any]]:
        """Walk a behavior and whichever ones take over from it; the last one's placeholders."""
        while True:
            try:
                yield from self.walk(frame)
            except Exit:
                pass
            except Handover as handover:
                frame = handover.frame
                continue
            return frame.scope.final()

    def walk(self, frame: Frame) -> Steps[None]:
        """Walk a behavior's tree once."""
        behavior = frame.behavior
        data = {"id": behavior.id, "revision": behavior.revision, "event": behavior.event.key}
        yield Note(path=frame.path(""), kind="behavior", title=behavior.title, data=data)
        yield from self.children(behavior.nodes, frame)

    # Nodes

    def children(self, nodes: Sequence[tree.Node], frame: Frame) -> Steps[None]:
        """Run nodes in their order."""
        self._depth += 1
        try:
            if self._depth > self.limits.depth:
                sentence = f"Behaviors and nodes nest deeper than {self.limits.depth} levels."
                raise BehaviorFault(sentence, node=frame.prefix, code="too-deep")
            for node in nodes:
                if not isinstance(node, tree.Subroutine):
                    yield from self._node(node, frame)
        finally:
            self._depth -= 1

    def _node(self, node: tree.Node, frame: Frame) -> Steps[None]:
        path = frame.path(node.at)
        self.count(path)
        if not node.runs(simulate=self.simulate):
            yield _entered(node, path, status="skipped")
            return
        yield _entered(node, path)
        if isinstance(node, tree.Action):
            yield from self._action(node, frame)
            yield from self.children(node.nodes, frame)
        elif isinstance(node, tree.Switch):
            yield from self._switch(node, frame)
        elif isinstance(node, tree.Loop):
            yield from self._loop(node, frame)

    def _action(self, node: tree.Action, frame: Frame) -> Steps[None]:
        clock = Clock(frame.path(node.at))
        for index, step in enumerate(node.steps):
            path = frame.path(f"{node.at}#{index}")
            self.count(path)
            execution = Execution(self, frame, path, clock, step.params, key=step.key)
            after = yield from self._step(node, step, execution)
            if after is After.LEAVE:
                return

    def _step(self, node: tree.Action, step: tree.Step, execution: Execution) -> Steps[After]:
        action = action_for(step.key)
        title = action.label if action is not None else step.key
        try:
            self._may_act(step.key, execution)
            if action is None:
                raise BehaviorFault(
                    f"The action {step.key} is not available yet.", code="unknown-action"
                )
            after = yield from action.run(execution)
        except (BadInput, NotFound, Refused) as fault:
            raise (yield from self._fault(title, node, execution, fault)) from fault
        except Signal:
            yield _did(step.key, title, execution)
            raise
        yield _did(step.key, title, execution)
        return after or After.NEXT

    def _may_act(self, key: str, execution: Execution) -> None:
        bot = execution.behavior.bot
        if not bot.may_act(key):
            raise BehaviorFault(
                f"The bot {bot.name} may not use the action {key}. Allow it on the bot's card.",
                code="action-not-allowed",
            )

    def _fault(
        self,
        title: str,
        node: tree.Node,
        execution: Execution,
        fault: BadInput | NotFound | Refused,
    ) -> Steps[BehaviorFault]:
        """Note a fault in the node where it happened, once; the fault to raise."""
        if fault is self._noted:
            return self._noted
        data = {"sentence": fault.sentence, "code": fault.code, **execution.filled}
        yield Note(path=execution.path, kind="fault", title=title, status="failed", data=data)
        sentence = f"“{node.title}”: {fault.sentence}" if node.title else fault.sentence
        self._noted = BehaviorFault(sentence, node=execution.path, code=fault.code)
        return self._noted

    def _switch(self, node: tree.Switch, frame: Frame) -> Steps[None]:
        clock = Clock(frame.path(node.at))
        for outcome in node.nodes:
            path = frame.path(outcome.at)
            self.count(path)
            if not isinstance(outcome, tree.Outcome) or not outcome.runs(simulate=self.simulate):
                yield _entered(outcome, path, status="skipped")
                continue
            passed = yield from self._outcome(outcome, frame, clock)
            yield _entered(outcome, path, status="passed" if passed else "not-passed")
            if passed:
                yield from self.children(outcome.nodes, frame)
                return

    def _outcome(self, outcome: tree.Outcome, frame: Frame, clock: Clock) -> Steps[bool]:
        path = frame.path(outcome.at)
        for group in outcome.groups:
            results = []
            for condition in group.conditions:
                execution = Execution(self, frame, path, clock, condition.params)
                try:
                    passed = yield from passes(condition.key, execution)
                except (BadInput, NotFound, Refused) as fault:
                    title = condition.key
                    raise (yield from self._fault(title, outcome, execution, fault)) from fault
                self.answers.look_at(execution.origins)
                results.append(passed)
                if passed is group.any:
                    break
            if results and not (any(results) if group.any else all(results)):
                return False
        return True

    def _loop(self, node: tree.Loop, frame: Frame) -> Steps[None]:
        name, scope, path = node.as_placeholder, frame.scope, frame.path(node.at)
        execution = Execution(self, frame, path, Clock(path))
        try:
            left = yield from _items(node.foreach_json, execution)
        except (BadInput, NotFound, Refused) as fault:
            raise (yield from self._fault("Loop", node, execution, fault)) from fault
        counter = 0
        while left:
            counter += 1
            self.count(path)
            key = next(iter(left))
            execution.set(name, left.pop(key))
            scope.update({f"{name}__key": key, f"{name}__counter": counter})
            scope[f"{name}__stack"] = left
            yield from self.children(node.nodes, frame.inside(f"{path}[{counter}]", ":"))
            left = _by_key(_decoded(scope.get(f"{name}__stack")))
        for gone in (name, f"{name}__key", f"{name}__stack"):
            scope.pop(gone, None)

    def matches(self, text: str, pattern: str) -> bool:
        """Whether a delimited regular expression (``#^a#i``) is found in a text.

        Raises ScriptFault for a faulty one.
        """
        values = {"text": text, "pattern": pattern}
        script = "{{ text matches pattern ? 1 : 0 }}"
        found = self.scripts.render(script, values, now=_EPOCH, seed=0, timezone=self.timezone)
        return found == "1"

    # Limits

    def count(self, path: str) -> None:
        """One more step; BehaviorFault beyond the limit."""
        self._steps += 1
        if self._steps > self.limits.steps:
            raise BehaviorFault(
                f"The behavior did {self.limits.steps} steps and came to no end; it was stopped.",
                node=path,
                code="too-many-steps",
            )

    def answered(self) -> None:
        """A person has answered: the count of steps begins anew."""
        self.questions += 1
        self._steps = 0


def _entered(node: tree.Node, path: str, status: str = "ok") -> Effect:
    data = {"type": node.type, "status": node.status}
    return Note(path=path, kind="node", title=node.title, status=status, data=data)


def _did(key: str, title: str, execution: Execution) -> Effect:
    data = {"action": key, **execution.filled}
    return Note(path=execution.path, kind="action", title=title, status=execution.status, data=data)


def _items(script: str, execution: Execution) -> Steps[dict[str | int, Any]]:
    text = yield from execution.render(script)
    found = _decoded(text)
    if found is None or isinstance(found, list | dict):
        return _by_key(found)
    yield from execution.warn("The loop got neither a list nor an object; it did nothing.")
    return {}


def _decoded(value: Any) -> Any:
    """JSON as a value; an empty text is nothing, one that is not JSON stays a text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except (ValueError, RecursionError):
        return value


def _by_key(value: Any) -> dict[str | int, Any]:
    """A map of its own, to take items off; a list has the keys 0, 1, 2 …"""
    if isinstance(value, Mapping):
        return dict(value)
    return dict(enumerate(value)) if isinstance(value, list) else {}
