"""Values that a package makes for itself while it is imported."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from typing import Any

from factotum.packages.shape import Part
from factotum.packages.spelling import did_you_mean

LENGTH = 8
MAX_LENGTH = 1000
_LETTERS = string.ascii_uppercase + string.digits
_TYPES = ("random", "data_query")


def make_placeholders(parts: Sequence[Part]) -> dict[str, Any]:
    """Key → value of every placeholder; what cannot be made is noted in its part.

    ``random`` is made from the operating system's randomness: packages use it for webhook
    addresses and shared secrets.
    """
    made: dict[str, Any] = {}
    for part in parts:
        kind = part.text("type", required=True)
        key = part.text("key", required=True)
        if kind == "random":
            made[key] = random_code(_length(part))
        elif kind == "data_query":
            sentence = "Placeholders of type 'data_query' are not available yet."
            hint = "Replace it by a text prompt."
            part.fault("not-available", "type", sentence, hint)
        elif kind:
            hint = did_you_mean(kind, _TYPES) or "Use 'random'."
            part.fault("unknown-placeholder", "type", f"There is no {kind!r} placeholder.", hint)
    return made


def random_code(length: int) -> str:
    """That many letters and digits nobody can guess."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _length(part: Part) -> int:
    params = part.object("params")
    given = params.text("length", default=str(LENGTH))
    if given.isdecimal() and 0 < int(given) <= MAX_LENGTH:
        return int(given)
    sentence = f"The length must be a number from 1 to {MAX_LENGTH}, not {given!r}."
    params.fault("wrong-value", "length", sentence)
    return LENGTH
