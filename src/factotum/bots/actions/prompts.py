"""Prompts for text, dates, buttons, pictures, and a pause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import action_types
from factotum.bots.actions.prompt import DEFAULT, FORMAT, MODE, PLACEHOLDER, VALIDATE, VAR, Prompt
from factotum.core.errors import BadInput
from factotum.core.fields import Fields, Json, LongText, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps


@action_types.add("prompt_text")
class PromptText(Prompt):
    """A line or lines of text."""

    key = "prompt_text"
    label = "Prompt with text input"
    fields: ClassVar[Fields] = Fields(PLACEHOLDER, DEFAULT, MODE, VAR, FORMAT, VALIDATE)
    kind = "text"
    templates = ("placeholder", "default")
    plain = ("mode",)


@action_types.add("prompt_date")
class PromptDate(Prompt):
    """A date as a person writes it: ``tomorrow 8am``."""

    key = "prompt_date"
    label = "Prompt with date input"
    fields: ClassVar[Fields] = Fields(PLACEHOLDER, DEFAULT, VAR, FORMAT, VALIDATE)
    kind = "date"
    templates = ("placeholder", "default")
    plain = ("mode",)
    empty = "Please enter a date."


@action_types.add("prompt_buttons")
class PromptButtons(Prompt):
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
class PromptImages(Prompt):
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


@action_types.add("prompt_wait")
class PromptWait(Prompt):
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
