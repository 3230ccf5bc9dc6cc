"""Asks a person and waits. Later actions of the same node never run, also after the answer.

What is asked again: an answer that ``var_validate`` complains about (it prints a text), a button or
picture that is not there, and an empty answer where the behavior says nothing about empty ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.effects import Ask, Say
from factotum.bots.flow import After
from factotum.bots.record_names import type_of
from factotum.bots.tree import is_on
from factotum.bots.variables import ids_in
from factotum.core.errors import BadInput, BehaviorFault, ScriptFault
from factotum.core.fields import Choice, Fields, Flag, Json, LongText, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps

VAR = Text(key="var", label="Save the answer to a placeholder")
FORMAT = LongText(key="var_format", label="Format the answer with this script")
VALIDATE = LongText(key="var_validate", label="Validate the answer with this script")
PLACEHOLDER = Text(key="placeholder", label="Placeholder text")
DEFAULT = Text(key="default", label="Default")
MODE = Choice(key="mode", label="Mode", options={"": "One line", "multiple": "Several lines"})


class _Prompt(ActionType):
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


@action_types.add("prompt_text")
class PromptText(_Prompt):
    """A line or lines of text."""

    key = "prompt_text"
    label = "Prompt with text input"
    fields: ClassVar[Fields] = Fields(PLACEHOLDER, DEFAULT, MODE, VAR, FORMAT, VALIDATE)
    kind = "text"
    templates = ("placeholder", "default")
    plain = ("mode",)


@action_types.add("prompt_date")
class PromptDate(_Prompt):
    """A date as a person writes it: ``tomorrow 8am``."""

    key = "prompt_date"
    label = "Prompt with date input"
    fields: ClassVar[Fields] = Fields(PLACEHOLDER, DEFAULT, VAR, FORMAT, VALIDATE)
    kind = "date"
    templates = ("placeholder", "default")
    plain = ("mode",)
    empty = "Please enter a date."


@action_types.add("prompt_buttons")
class PromptButtons(_Prompt):
    """A few options, one a line."""

    key = "prompt_buttons"
    label = "Prompt with buttons"
    fields: ClassVar[Fields] = Fields(
        LongText(key="options", label="Options", required=True),
        Text(key="color_from", label="First colour"),
        Text(key="color_mid", label="Middle colour"),
        Text(key="color_to", label="Last colour"),
        Text(key="style", label="Style"),
        VAR,
        FORMAT,
        VALIDATE,
    )
    kind = "buttons"
    templates = ("style",)
    plain = ("color_from", "color_mid", "color_to")
    empty = "Please press a button."

    def params(self, execution: Execution) -> Steps[dict[str, Any]]:
        """With the options as a list."""
        found = yield from super().params(execution)
        lines = (yield from execution.fill("options")).splitlines()
        found["options"] = [line.strip() for line in lines if line.strip()]
        if not found["options"]:
            raise BadInput("There is no button to press: the list of options is empty.")
        return found

    def complaint(self, message: str, params: Mapping[str, Any]) -> str:
        """It must be one of the options."""
        options = params["options"]
        if message.strip() in options or not message.strip():
            return ""
        return f"Please press one of: {', '.join(options)}."


@action_types.add("prompt_images")
class PromptImages(_Prompt):
    """A few pictures, each with a label, which is the answer."""

    key = "prompt_images"
    label = "Prompt with images"
    fields: ClassVar[Fields] = Fields(
        Json(key="images", label="Images", required=True),
        Json(key="labels", label="Labels"),
        VAR,
        FORMAT,
        VALIDATE,
    )
    kind = "images"
    empty = "Please choose a picture."

    def params(self, execution: Execution) -> Steps[dict[str, Any]]:
        """Pairs of picture and label; places left empty are dropped."""
        yield from ()
        images = _listed(execution.params.get("images"))
        labels = _listed(execution.params.get("labels"))
        labels += [""] * (len(images) - len(labels))
        pairs = [(image, label) for image, label in zip(images, labels, strict=False) if image]
        if not pairs:
            raise BadInput("There is no picture to choose.")
        return {"images": [image for image, _ in pairs], "labels": [label for _, label in pairs]}

    def complaint(self, message: str, params: Mapping[str, Any]) -> str:
        """It must be one of the labels."""
        labels = [label for label in params["labels"] if label]
        if message.strip() in labels or not message.strip():
            return ""
        return f"Please choose one of: {', '.join(labels)}."


class _RecordPrompt(_Prompt):
    """The answer is one record or several; ``var`` called ``<p>_id`` makes ``<p>_FIELD`` readable."""

    def keep_record(self, name: str, answer: Mapping[str, Any], execution: Execution) -> None:
        """Say what type of record ``<p>_id`` names; keep its fields where they came along."""
        if not name.endswith("_id"):
            return
        prefix = name.removesuffix("id")
        execution.scope[f"{prefix}_context"] = self.context(execution)
        if isinstance(answer.get("record"), Mapping):
            execution.scope.load(prefix, answer["record"])

    def context(self, execution: Execution) -> str:
        """The type of the records."""
        return execution.param("context")


@action_types.add("prompt_chooser")
class PromptChooser(_RecordPrompt):
    """Records of one type; ``selection`` is single or multiple."""

    key = "prompt_chooser"
    label = "Prompt with chooser"
    fields: ClassVar[Fields] = Fields(
        Text(key="context", label="Record type", required=True),
        Text(key="query", label="Query"),
        Choice(
            key="selection", label="Selection", options={"single": "One", "multiple": "Several"}
        ),
        Flag(key="autocomplete", label="Autocomplete"),
        VAR,
        FORMAT,
        VALIDATE,
    )
    kind = "chooser"
    templates = ("query",)
    plain = ("context", "selection")
    empty = "Please choose one."

    def params(self, execution: Execution) -> Steps[dict[str, Any]]:
        """With the record type's key."""
        found = yield from super().params(execution)
        found["type"] = type_of(execution.param("context"))
        found["autocomplete"] = is_on(execution.params.get("autocomplete"))
        return found

    def message(self, answer: Mapping[str, Any]) -> str:
        """The ids, with commas."""
        return ",".join(str(one) for one in ids_in(answer.get("ids") or super().message(answer)))

    def value(self, message: str, execution: Execution) -> Any:
        """One id, or a list of them."""
        ids = ids_in(message)
        if execution.param("selection") == "multiple":
            return ids
        return ids[0] if ids else 0


@action_types.add("prompt_file")
class PromptFile(_RecordPrompt):
    """A file, which is kept as an attachment."""

    key = "prompt_file"
    label = "Prompt with file upload"
    fields: ClassVar[Fields] = Fields(VAR, FORMAT, VALIDATE)
    kind = "file"
    empty = "Please choose a file."

    def message(self, answer: Mapping[str, Any]) -> str:
        """The attachment's id."""
        ids = ids_in(answer.get("file_id") or super().message(answer))
        return str(ids[0]) if ids else ""

    def complaint(self, message: str, _params: Mapping[str, Any]) -> str:
        """There must be a file: a script that looks at its size cannot tell that there is none."""
        return "" if message else self.empty

    def context(self, _execution: Execution) -> str:
        """Always an attachment."""
        return "cerberusweb.contexts.attachment"


@action_types.add("prompt_wait")
class PromptWait(_Prompt):
    """A pause: the chat goes on by itself."""

    key = "prompt_wait"
    label = "Prompt with wait"
    kind = "wait"

    def take(
        self, _answer: Mapping[str, Any], _params: Mapping[str, Any], execution: Execution
    ) -> Steps[str]:
        """Nothing is answered, so nothing can be wrong with it."""
        yield from ()
        execution.scope["message"] = ""
        return ""


def _listed(value: Any) -> list[str]:
    """A list of texts; PHP may have written it as an object."""
    found = value.values() if isinstance(value, Mapping) else value or ()
    return [str(one) for one in found] if not isinstance(found, str) else [found]
