"""The prompts of a chat as form fields: what a bot's ``prompt_…`` actions ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Choices = Callable[[str, str], list[tuple[str, str]]]
COLOURS = ("color_from", "color_mid", "color_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One button: what is sent, what it shows, its colour (``#57970a`` or "") or its picture."""

    value: str
    label: str
    colour: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A prompt ready to be drawn; ``kind`` is text, buttons, chooser, date, file, images or wait."""

    kind: str
    placeholder: str = ""
    default: str = ""
    is_long: bool = False
    is_multiple: bool = False
    options: Sequence[Option] = ()


def drawn(prompt: Mapping[str, Any] | None, choices: Choices) -> Drawn | None:
    """The prompt of a chat, or None where nothing is asked."""
    if prompt is None:
        return None
    kind, params = str(prompt["kind"]), prompt.get("params") or {}
    return Drawn(
        kind=kind,
        placeholder=str(params.get("placeholder") or ""),
        default=str(params.get("default") or ""),
        is_long=params.get("mode") == "multiple",
        is_multiple=params.get("selection") == "multiple",
        options=_options(kind, params, choices),
    )


def _options(kind: str, params: Mapping[str, Any], choices: Choices) -> Sequence[Option]:
    if kind == "buttons":
        return _buttons(params)
    if kind == "images":
        return _images(params)
    if kind == "chooser":
        found = choices(str(params.get("type") or ""), str(params.get("query") or ""))
        return [Option(value=value, label=label) for value, label in found]
    return ()


def _buttons(params: Mapping[str, Any]) -> list[Option]:
    given = params.get("options") or ""
    lines = given.splitlines() if isinstance(given, str) else [str(one) for one in given]
    labels = [line.strip() for line in lines if line.strip()]
    colours = [str(params.get(name) or "") for name in COLOURS]
    return [
        Option(value=label, label=label, colour=_colour(colours, index, len(labels)))
        for index, label in enumerate(labels)
    ]


def _colour(colours: Sequence[str], index: int, count: int) -> str:
    """The first button has the first colour, the last the last, those between the middle one."""
    picked = colours[0] if index == 0 else colours[2] if index == count - 1 else colours[1]
    digits = picked.removeprefix("#")
    is_colour = len(digits) in {3, 6} and all(c in "0123456789abcdefABCDEF" for c in digits)
    return f"#{digits}" if is_colour else ""


def _images(params: Mapping[str, Any]) -> list[Option]:
    pictures, labels = list(params.get("images") or []), list(params.get("labels") or [])
    labels += [f"Picture {number + 1}" for number in range(len(labels), len(pictures))]
    return [
        Option(value=str(label), label=str(label), picture=_picture(str(picture)))
        for picture, label in zip(pictures, labels, strict=False)
    ]


def _picture(address: str) -> str:
    """Only pictures that come with the package; nothing is fetched from elsewhere."""
    return address if address.startswith("data:image/") else ""
