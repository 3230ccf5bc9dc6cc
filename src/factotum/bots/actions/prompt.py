"""What every prompt does: ask a person and wait.

Later actions of the same node never run, also after the answer.

What is asked again: an answer that ``var_validate`` complains about (it prints a text), a button or
picture that is not there, and an empty answer where the behavior says nothing about empty ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType
from factotum.bots.effects import Ask, Say
from factotum.bots.flow import After
from factotum.core.errors import BehaviorFault, ScriptFault
from factotum.core.fields import Choice, LongText, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps

VAR = Text(key="var", label="Save the answer to a placeholder")
FORMAT = LongText(key="var_format", label="Format the answer with this script")
VALIDATE = LongText(key="var_validate", label="Validate the answer with this script")
PLACEHOLDER = Text(key="placeholder", label="Placeholder text")
DEFAULT = Text(key="default", label="Default")
MODE = Choice(key="mode", label="Mode", options={"": "One line", "multiple": "Several lines"})


class Prompt(ActionType):
    """A question. ``templates`` are the params that are filled in, ``plain`` those that are not."""

    kind: ClassVar[str]
    templates: ClassVar[Sequence[str]] = ()
    plain: ClassVar[Sequence[str]] = ()
    empty: ClassVar[str] = "Please type something."
    """What is said to an empty answer."""

    def run(self, execution: Execution) -> Steps[After | None]:
        """Ask until the answer will do."""
        if not execution.interpreter.in_chat:
            raise BehaviorFault("A person can be asked only in a chat.", code="needs-chat")
        params = yield from self.params(execution)
        execution.tell_failure()
        while True:
            answer = yield Ask(path=execution.path, kind=self.kind, params=params)
            execution.interpreter.answered()
            complaint = yield from self.take(answer or {}, params, execution)
            if not complaint:
                return After.LEAVE
            yield Say(path=execution.path, message=complaint, format="markdown")

    def params(self, execution: Execution) -> Steps[dict[str, Any]]:
        """What the page needs to ask."""
        found: dict[str, Any] = {key: execution.params.get(key) for key in self.plain}
        for key in self.templates:
            found[key] = yield from execution.fill(key)
        return found

    def take(
        self, answer: Mapping[str, Any], params: Mapping[str, Any], execution: Execution
    ) -> Steps[str]:
        """Keep an answer; what is wrong with it, or ""."""
        message = self.message(answer)
        validates = bool(execution.param("var_validate").strip())
        if not message.strip() and not validates:
            message = str(params.get("default") or "")
            if not message.strip():
                return self.empty
        complaint = self.complaint(message, params)
        if complaint:
            return complaint
        execution.scope["message"] = message
        execution.filled["message"] = message
        complaint = yield from self.keep(message, answer, execution)
        if complaint or not validates:
            return complaint
        return (yield from execution.render(execution.param("var_validate"))).strip()

    def message(self, answer: Mapping[str, Any]) -> str:
        """The answer as text."""
        message = answer.get("message")
        return "" if message is None else str(message)

    def complaint(self, _message: str, _params: Mapping[str, Any]) -> str:
        """What is wrong with this message whatever the behavior says, or ""."""
        return ""

    def keep(self, message: str, answer: Mapping[str, Any], execution: Execution) -> Steps[str]:
        """Set ``var`` to the formatted answer; a format that cannot take it is a complaint."""
        name = execution.param("var").strip()
        if not name:
            return ""
        script = execution.param("var_format")
        value: Any = self.value(message, execution)
        if script.strip():
            try:
                value = yield from execution.render(script)
            except ScriptFault as fault:
                return f"That could not be understood. ({fault.sentence})"
        execution.set(name, value)
        self.keep_record(name, answer, execution)
        return ""

    def value(self, message: str, _execution: Execution) -> Any:
        """What ``var`` gets where nothing formats it."""
        return message

    def keep_record(self, name: str, answer: Mapping[str, Any], execution: Execution) -> None:
        """Make the chosen record's fields readable beside ``var``."""
