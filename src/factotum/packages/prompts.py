"""What a package asks before it is imported, and whether the answers will do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factotum.core.errors import Fault
from factotum.packages.choosers import Chooser, prefixed, readable
from factotum.packages.shape import Part
from factotum.packages.spelling import did_you_mean
from factotum.records.record_type import RecordType, named, record_types

RESERVED = ("uid", "default")


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
            return f"{_bare(self.label)} must be a text."
        return "" if str(answer).strip() else f"{_bare(self.label)} is empty."

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

    def error(self, answer: Any, chooser: Chooser) -> str:
        """Every chosen value is an option."""
        del chooser
        picked = self._picked(answer)
        if not picked:
            return f"Choose {_bare(self.label)}."
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
        if answer in (None, ""):
            return []
        return [str(each) for each in answer] if isinstance(answer, list) else [str(answer)]


class ChooserPrompt(Prompt):
    """An existing record that the worker may use, or several where not ``single``."""

    type = "chooser"

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        context = self.params.text("context", required=True)
        self.record_type: type[RecordType] | None = named(context)
        self.is_single = bool(self.params.values.get("single"))
        if context and self.record_type is None:
            sentence = f"There is no record type {context!r}."
            self.params.fault(
                "unknown-record-type", "context", sentence, did_you_mean(context, record_types)
            )

    def error(self, answer: Any, chooser: Chooser) -> str:
        """Every chosen record exists and may be used."""
        picked = self._picked(answer)
        if not picked:
            return f"Choose {_bare(self.label)}."
        if self.is_single and len(picked) > 1:
            return "Choose one."
        missing = next((each for each in picked if self._get(each, chooser) is None), None)
        if missing is None:
            return ""
        label = self.record_type.label.lower() if self.record_type else "record"
        return f"There is no {label} {missing!r} that you may use."

    def value(self, answer: Any, chooser: Chooser) -> Any:
        """The id as a text, or a list of ids."""
        found = [self._get(each, chooser) for each in self._picked(answer)]
        ids = [str(record.id) for record in found if record]
        return ids[0] if self.is_single else ids

    def names(self, answer: Any, chooser: Chooser) -> dict[str, Any]:
        """The id and, for ``single`` and a key in ``_id``, what the record says of itself."""
        names = super().names(answer, chooser)
        record = self._get(names[self.key], chooser) if self.is_single else None
        if record and self.key.endswith("_id"):
            names.update(prefixed(readable(record, chooser.store), self.key))
        return names

    def choices(self, chooser: Chooser) -> tuple[Choice, ...]:
        """The records that the prompt's query leaves."""
        if self.record_type is None:
            return ()
        offered = chooser.offered(self.record_type, self.params.text("query"))
        return tuple(Choice(str(record.id), record.label) for record in offered)

    def example(self) -> dict[str, Any]:
        """An id; any name that begins as the chosen record's do is taken as known."""
        return {self.key: "1" if self.is_single else ["1"]}

    @property
    def stem(self) -> str:
        """How the names begin under which templates read the chosen record."""
        return self.key.removesuffix("id") if self.is_single and self.key.endswith("_id") else ""

    def _get(self, name: object, chooser: Chooser) -> Any:
        return chooser.get(self.record_type, name) if self.record_type else None

    def _picked(self, answer: Any) -> list[str]:
        picked = answer if isinstance(answer, list) else [answer]
        return [str(each) for each in picked if each not in (None, "", 0)]


class Examples(dict[str, Any]):
    """Names to try templates with before there are answers.

    What a chosen record will say of itself is not known then, so each name that begins like its
    prompt's stands for some text.
    """

    def __init__(self, prompts: Sequence[Prompt]) -> None:
        super().__init__()
        for prompt in prompts:
            self.update(prompt.example())
        stems = (prompt.stem for prompt in prompts if isinstance(prompt, ChooserPrompt))
        self._stems = tuple(stem for stem in stems if stem)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (
            isinstance(name, str) and bool(self._stems) and name.startswith(self._stems)
        )

    def __missing__(self, name: str) -> str:
        return "x"


_TYPES: dict[str, type[Prompt]] = {
    each.type: each for each in (TextPrompt, PicklistPrompt, ChooserPrompt)
}


def read_prompts(parts: Sequence[Part]) -> list[Prompt]:
    """The prompts of a document; what is wrong with them is noted in their parts."""
    prompts: list[Prompt] = []
    for part in parts:
        kind = _TYPES.get(part.text("type", required=True))
        if kind:
            prompts.append(kind(part))
            _check_key(prompts)
        elif part.values.get("type"):
            sentence = f"There is no prompt type {part.values['type']!r}."
            hint = did_you_mean(str(part.values["type"]), _TYPES) or f"Use {', '.join(_TYPES)}."
            part.fault("unknown-prompt-type", "type", sentence, hint)
    return prompts


def _check_key(prompts: list[Prompt]) -> None:
    last, before = prompts[-1], prompts[:-1]
    if last.key in RESERVED:
        fault = Fault(
            "reserved-name", f"{last.path}.key", f"{last.key!r} has a meaning of its own."
        )
        last.params.faults.append(fault)
    if last.key and any(each.key == last.key for each in before):
        sentence = f"Two prompts have the key {last.key!r}."
        last.params.faults.append(Fault("duplicate-key", f"{last.path}.key", sentence))


def unknown_answers(prompts: Sequence[Prompt], answers: Mapping[str, Any]) -> list[Fault]:
    """A fault for every answer to a question that the package does not ask."""
    keys = [prompt.key for prompt in prompts]
    return [
        Fault(
            "unknown-answer",
            f"prompts.{key}",
            f"The package asks for no {key!r}.",
            did_you_mean(key, keys) or f"It asks for: {', '.join(keys) or 'nothing'}.",
        )
        for key in answers
        if key not in keys
    ]


def given(prompt: Prompt, answers: Mapping[str, Any]) -> Any:
    """The answer, else the default, else None."""
    return answers.get(prompt.key, prompt.default)


def _bare(label: str) -> str:
    return label.rstrip(": ")
