"""Actions that change where the walk goes: subroutines, other behaviors, the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.behavior import Behavior
from factotum.bots.effects import Ask, LoadBehavior
from factotum.bots.flow import After, Exit, Handover
from factotum.bots.targets import targets_of
from factotum.bots.tree import is_on
from factotum.core.errors import BehaviorFault
from factotum.core.fields import Choice, Fields, Flag, Link, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps
    from factotum.bots.frames import Frame

BEHAVIOR = Link(key="behavior_id", label="Behavior", required=True, to="behavior")
ON = Text(key="on", label="On", default="_trigger_va_id")
RESULT = Text(key="var", label="Save the behavior's result to a placeholder", default="_behavior")


@action_types.add("_exit")
class ExitBehavior(ActionType):
    """In a chat, mode ``suspend`` waits for the next message and goes on with the next node."""

    key = "_exit"
    label = "Behavior exit"
    description = "Ends the behavior here."
    fields: ClassVar[Fields] = Fields(
        Choice(key="mode", label="Mode", options={"": "Stop", "stop": "Stop", "suspend": "Wait"})
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """End the behavior, or wait."""
        if execution.param("mode") == "suspend" and execution.interpreter.in_chat:
            execution.tell_failure()
            answer = yield Ask(path=execution.path, kind="message")
            execution.interpreter.answered()
            execution.scope["message"] = str(answer.get("message") or "")
            return After.LEAVE
        raise Exit


@action_types.add("_run_subroutine")
class RunSubroutine(ActionType):
    """The rest of the node is skipped; the next sibling runs after the subroutine."""

    key = "_run_subroutine"
    label = "Run subroutine"
    fields: ClassVar[Fields] = Fields(Text(key="subroutine", label="Subroutine", required=True))

    def run(self, execution: Execution) -> Steps[After | None]:
        """Run the subroutine of that title."""
        title = execution.param("subroutine")
        execution.filled["subroutine"] = title
        found = execution.behavior.subroutine(title)
        if found is None:
            raise BehaviorFault(f"There is no subroutine “{title}”.", code="unknown-subroutine")
        if found.runs(simulate=execution.simulate):
            inside = execution.frame.inside(execution.path)
            yield from execution.interpreter.children(found.nodes, inside)
        return After.LEAVE


@action_types.add("_run_behavior")
class RunBehavior(ActionType):
    """Runs another behavior to its end; ``var`` then holds its final placeholders."""

    key = "_run_behavior"
    label = "Behavior run"
    fields: ClassVar[Fields] = Fields(
        ON, BEHAVIOR, Flag(key="run_in_simulator", label="Also in the simulator"), RESULT
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Run it on each of its targets."""
        if execution.simulate and not is_on(execution.params.get("run_in_simulator")):
            execution.status = "not-sent"
            return None
        behavior = yield from called(execution)
        if behavior.id in execution.frame.stack:
            yield from execution.warn(f"{behavior.title} is running already; not entered again.")
            execution.status = "skipped"
            return None
        inputs = yield from rendered_inputs(behavior, execution)
        payloads = yield from targets_of(behavior, execution)
        for index, payload in enumerate(payloads):
            prefix = f"{execution.path}[{index}]" if len(payloads) > 1 else execution.path
            frame = enter(behavior, payload, execution, f"{prefix}/")
            yield from execution.interpreter.put_in(frame, inputs)
            carry(execution, frame)
            finals = yield from execution.interpreter.run(frame)
            keep_result(execution, frame, finals)
        return None


@action_types.add("switch_behavior")
class SwitchBehavior(ActionType):
    """Hands the conversation over; with ``return`` it comes back when the other one has ended."""

    key = "switch_behavior"
    label = "Switch behavior"
    fields: ClassVar[Fields] = Fields(
        BEHAVIOR,
        Choice(key="return", label="Return", options={"0": "Leave for good", "1": "Come back"}),
        RESULT,
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Enter the other behavior with the conversation's own values."""
        if not execution.interpreter.in_chat:
            raise BehaviorFault("A behavior is switched only in a chat.", code="needs-chat")
        behavior = yield from called(execution)
        if not behavior.event.key.startswith("event.message.chat."):
            raise BehaviorFault(
                f"{behavior.title} cannot take a conversation over: its event is "
                f"{behavior.event.key}.",
                code="wrong-event",
            )
        comes_back = is_on(execution.params.get("return"))
        if comes_back and behavior.id in execution.frame.stack:
            yield from execution.warn(f"{behavior.title} is running already; not entered again.")
            execution.status = "skipped"
            return None
        inputs = yield from rendered_inputs(behavior, execution)
        payload = {key: execution.scope.get(key) for key in _CONVERSATION}
        frame = enter(behavior, {**payload, "message": ""}, execution, f"{execution.path}/")
        yield from execution.interpreter.put_in(frame, inputs)
        carry(execution, frame)
        if not comes_back:
            raise Handover(frame)
        finals = yield from execution.interpreter.run(frame)
        keep_result(execution, frame, finals)
        return After.LEAVE


_CONVERSATION = ("worker_id", "interaction", "interaction_params", "interaction_bot_name")


def called(execution: Execution) -> Steps[Behavior]:
    """The behavior that ``behavior_id`` names; BehaviorFault where there is none."""
    name = (yield from execution.fill("behavior_id")).strip()
    behavior = (yield LoadBehavior(path=execution.path, name=name)) if name else None
    if not isinstance(behavior, Behavior):
        raise BehaviorFault(
            f"There is no behavior {name}." if name else "No behavior is chosen.",
            code="unknown-behavior",
        )
    execution.filled["behavior"] = behavior.title
    return behavior


def rendered_inputs(behavior: Behavior, execution: Execution) -> Steps[dict[str, Any]]:
    """The ``var_…`` params that the other behavior takes, filled in; lists stay lists."""
    found: dict[str, Any] = {}
    for key, value in execution.params.items():
        variable = behavior.variable(key)
        if variable is None:
            continue
        if isinstance(value, str):
            found[key] = yield from _input(key, value, execution)
        else:
            found[key] = execution.filled[key] = value
    return found


def _input(key: str, script: str, execution: Execution) -> Steps[Any]:
    """A template's text; the bare name of a list of records gives that list."""
    if script.startswith("var_") and isinstance(execution.scope.get(script), list | dict):
        return (yield from execution.read(script))
    return (yield from execution.fill(key))


def enter(behavior: Behavior, payload: dict[str, Any], execution: Execution, prefix: str) -> Frame:
    """The frame of a behavior that this one calls."""
    frame = execution.frame
    return execution.interpreter.frame(behavior, payload, prefix=prefix, stack=frame.stack)


def carry(execution: Execution, frame: Frame) -> None:
    """What went into the other behavior stays known to be made from services' answers."""
    if execution.origins:
        for key in execution.params:
            if frame.behavior.variable(key) is not None:
                frame.scope.origins[key] = execution.origins


def keep_result(execution: Execution, frame: Frame, finals: dict[str, Any]) -> None:
    """Set ``var`` to the other behavior's final placeholders."""
    for numbers in frame.scope.origins.values():
        execution.origins |= numbers
    if frame.behavior.bot.id != execution.behavior.bot.id:  # another bot's is not ours to read
        finals.pop("behavior_bot_config", None)
    execution.set(execution.param("var").strip() or "_behavior", finals)
