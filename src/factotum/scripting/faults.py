"""What goes wrong inside a script, and what is not a fault of it.

Trouble           a filter, function or operator cannot do its work; becomes a ScriptFault
└── OverLimit     … because the script is over its limit of time, size or depth
NeedsRecord       the values know this name but have to load it first; not an error
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Trouble(Exception):
    """A sentence for the person who wrote the script; the engine adds the line."""

    code = "script-fault"

    def __init__(self, sentence: str, *, line: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line


class OverLimit(Trouble):
    """The script is over its limit of time, size or depth."""

    code = "script-limit"


class NeedsRecord(Exception):
    """A script reads a placeholder of a record that is not loaded yet.

    Raised by the ``__getitem__`` of the values given to ``Scripts.render``; it passes through
    render unchanged. The interpreter loads the record at ``prefix`` (``"worker_"`` for the pair
    ``worker__context`` and ``worker_id``) and renders again.
    """

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        self.prefix = prefix


def unknown(kind: str, name: str, known: Iterable[str], *, line: int = 0) -> Trouble:
    """'There is no filter "uper"; did you mean "upper"?'"""
    close = get_close_matches(name, list(known), n=1)
    hint = f'; did you mean "{close[0]}"?' if close else "."
    return Trouble(f'There is no {kind} "{name}"{hint}', line=line)
