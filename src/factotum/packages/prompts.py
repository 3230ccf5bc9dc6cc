"""What a package asks before it is imported, and whether the answers will do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factotum.packages.choosers import Chooser
from factotum.packages.shape import Part


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen: what is sent back, and what a person reads."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A prompt as a form shows it. ``error`` stands beside the field; a secret is never echoed."""

    key: str
    type: str
    label: str
    params: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    is_secret: bool = False
    value: Any = None
    choices: tuple[Choice, ...] = ()


class Prompt(ABC):
    """One prompt of a package. ``key`` is the name its answer has in templates."""

    type: str

    def __init__(self, part: Part) -> None:
        self.path = part.path
        self.key = part.text("key", required=True)
        self.label = part.text("label", default=self.key)
        self.is_hidden = part.values.get("hidden") in (True, 1, "1", "true")
        self.params = part.object("params")

    @property
    def default(self) -> Any:
        """What is taken where the caller says nothing; None where there is no default."""
        value = self.params.values.get("default")
        return None if value in ("", None, []) else value

    @abstractmethod
    def error(self, answer: Any, chooser: Chooser) -> str:
        """Why this answer will not do, as a sentence, or ``""``."""

    @abstractmethod
    def value(self, answer: Any, chooser: Chooser) -> Any:
        """What templates read under the prompt's key."""

    def names(self, answer: Any, chooser: Chooser) -> dict[str, Any]:
        """Every name that the answer gives to templates."""
        return {self.key: self.value(answer, chooser)}

    def choices(self, chooser: Chooser) -> tuple[Choice, ...]:
        """What is offered, where the prompt offers something."""
        del chooser
        return ()

    @abstractmethod
    def example(self) -> dict[str, Any]:
        """Names with values of the right kind, to try the package's templates before an answer."""


class TextPrompt(Prompt):
    """A line of text; "0" counts, nothing does not."""

    type = "text"

    def error(self, answer: Any, chooser: Chooser) -> str:
        """A text that is not empty."""
        del chooser
        if isinstance(answer, dict | list):
            return f"{bare(self.label)} must be a text."
        return "" if str(answer).strip() else f"{bare(self.label)} is empty."

    def value(self, answer: Any, chooser: Chooser) -> Any:
        """The text, as it is."""
        del chooser
        return str(answer)

    def example(self) -> dict[str, Any]:
        """The default, else some text."""
        return {self.key: str(self.default or "x")}


class PicklistPrompt(Prompt):
    """One of the given options, or several where ``multiple``."""

    type = "picklist"

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        given = self.params.values.get("options")
        labelled = given if isinstance(given, dict) else {}
        listed = given if isinstance(given, list) else []
        self.options = {str(value): str(label) for label, value in labelled.items()} | {
            str(value): str(value) for value in listed
        }
        self.is_multiple = bool(self.params.values.get("multiple"))
        if not self.options:
            hint = 'Give a list of texts, or an object such as {"High": 75}.'
            self.params.fault("missing-key", "options", "A picklist needs options.", hint)

    @property
    def default(self) -> Any:
        """An option may have an empty value, and that be the default."""
        value = self.params.values.get("default")
        return value if value == "" and "" in self.options else super().default

    def error(self, answer: Any, chooser: Chooser) -> str:
        """Every chosen value is an option."""
        del chooser
        picked = self._picked(answer)
        if not picked:
            return f"Choose {bare(self.label)}."
        wrong = next((each for each in picked if each not in self.options), None)
        if wrong is not None:
            return f"{wrong!r} is not one of: {', '.join(self.options)}."
        return "" if self.is_multiple or len(picked) == 1 else "Choose one."

    def value(self, answer: Any, chooser: Chooser) -> Any:
        """The chosen value, or a list of them."""
        del chooser
        picked = self._picked(answer)
        return picked if self.is_multiple else picked[0]

    def choices(self, chooser: Chooser) -> tuple[Choice, ...]:
        """The options."""
        del chooser
        return tuple(Choice(value, label) for value, label in self.options.items())

    def example(self) -> dict[str, Any]:
        """The default, else the first option."""
        picked = self._picked(self.default) or list(self.options)[:1] or [""]
        return {self.key: picked if self.is_multiple else picked[0]}

    def _picked(self, answer: Any) -> list[str]:
        if answer is None or (answer == "" and "" not in self.options):
            return []
        return [str(each) for each in answer] if isinstance(answer, list) else [str(answer)]


def bare(label: str) -> str:
    """The label without its colon, for a sentence."""
    return label.rstrip(": ")
