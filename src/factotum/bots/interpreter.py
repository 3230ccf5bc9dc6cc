"""Walks a behavior's tree. A generator: it yields effects and is given their results.

It does no I/O and reads no clock, so a walk that is given the same results takes the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from factotum.bots import loops
from factotum.bots import nodes as tree
from factotum.bots.actions.action_type import action_for
from factotum.bots.answers import Answers
from factotum.bots.behavior import Behavior
from factotum.bots.conditions.asking import passes
from factotum.bots.effects import Note, Offer
from factotum.bots.execution import Clock, Execution
from factotum.bots.flow import After, Exit, Handover, Signal, Steps
from factotum.bots.frames import LIMITS, Frame, Limits, Scripts
from factotum.bots.notes import did, entered, failed
from factotum.bots.policing import may_act, may_run
from factotum.bots.scope import Scope, of_behavior
from factotum.bots.triggers.lookup import trigger_for
from factotum.bots.variables import convert, defaults, given
from factotum.bots.zone import zone_of
from factotum.core.errors import BadInput, BehaviorFault, NotFound, Refused

__all__ = ["LIMITS", "Frame", "Interpreter", "Limits", "Scripts", "walk"]

_EPOCH = datetime.fromtimestamp(0, UTC)


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
    """One run: its settings, what it has used of its limits, and the answers it got.

    ``timezone`` is that of a behavior that has none (``bots.zone``).
    """

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
        self.waits = 0
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
        if not stack:  # whoever it calls goes by the same clock
            self.timezone = zone_of(behavior, self.timezone)
        trigger = trigger_for(behavior.event.key)
        may_run(behavior)
        if trigger is None:
            raise BehaviorFault(
                f"{behavior.title} waits for the event {behavior.event.key}, which is not "
                "available yet.",
                code="unknown-event",
            )
        values = of_behavior(behavior) | trigger.values(payload, behavior) | defaults(behavior)
        return Frame(behavior, Scope(values), prefix, stack | {behavior.id})

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
            yield entered(node, path, status="skipped")
            return
        yield entered(node, path)
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
        waits = self.waits
        try:
            may_act(execution.behavior, step.key)
            if action is None:
                raise BehaviorFault(
                    f"The action {step.key} is not available yet.", code="unknown-action"
                )
            after = yield from action.run(execution)
        except (BadInput, NotFound, Refused) as fault:
            raise (yield from self._fault(title, node, execution, fault)) from fault
        except Signal:
            yield did(step.key, title, execution)
            raise
        yield did(step.key, title, execution)
        if self.waits > waits:  # here, or in what it called
            execution.clock.forget()
        return after or After.NEXT

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
        yield failed(title, fault, execution)
        sentence = f"“{node.title}”: {fault.sentence}" if node.title else fault.sentence
        self._noted = BehaviorFault(sentence, node=execution.path, code=fault.code)
        return self._noted

    def _switch(self, node: tree.Switch, frame: Frame) -> Steps[None]:
        clock = Clock(frame.path(node.at))
        for outcome in node.nodes:
            path = frame.path(outcome.at)
            self.count(path)
            if not isinstance(outcome, tree.Outcome) or not outcome.runs(simulate=self.simulate):
                yield entered(outcome, path, status="skipped")
                continue
            passed = yield from self._outcome(outcome, frame, clock)
            yield entered(outcome, path, status="passed" if passed else "not-passed")
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
            left = yield from loops.items(node.foreach_json, execution)
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
            left = loops.by_key(loops.decoded(scope.get(f"{name}__stack")))
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
