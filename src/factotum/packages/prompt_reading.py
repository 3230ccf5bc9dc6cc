"""The prompts of a document, the answers to them, and examples where there is none yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from factotum.core.errors import Fault
from factotum.packages.chooser_prompt import ChooserPrompt
from factotum.packages.prompts import PicklistPrompt, Prompt, TextPrompt
from factotum.packages.shape import Part
from factotum.packages.spelling import did_you_mean

RESERVED = ("uid", "default")

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
