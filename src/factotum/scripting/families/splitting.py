"""Text cut to pieces: ``split``, ``split_crlf``, ``split_csv``, ``tokenize``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from factotum.scripting.registry import FILTERS
from factotum.scripting.values import integer, text, truth

if TYPE_CHECKING:
    from factotum.scripting.run import Run

_TRIMMED: Final = " \t\n\r\0\x0b"
_WORD = re.compile(r"\w+")
_LINE_END = re.compile(r"\r\n|\r|\n")


@FILTERS.add("split")
def split(run: Run, value: Any, delimiter: Any = "", limit: Any = None) -> list[str]:
    """Pieces between delimiters; without one, characters (or groups of ``limit`` of them).

    A limit of n gives at most n pieces, -n drops the last n.
    """
    subject, by = text(value), text(delimiter)
    most = None if limit is None else integer(limit)
    if not by:
        size = max(most or 1, 1)
        run.fits(len(subject) / size, items=True)
        return [subject[at : at + size] for at in range(0, len(subject), size)] or [""]
    run.fits(subject.count(by), items=True)
    if most is None:
        return subject.split(by)
    if most < 0:
        return subject.split(by)[:most]
    return subject.split(by, max(most, 1) - 1)


@FILTERS.add("split_crlf")
def split_crlf(run: Run, value: Any, keep_blanks: Any = False, trim_lines: Any = True) -> list[str]:
    """Lines, trimmed and without the blank ones unless told otherwise."""
    lines = _LINE_END.split(text(value))
    run.fits(len(lines), items=True)
    if truth(trim_lines):
        lines = [line.strip(_TRIMMED) for line in lines]
    return lines if truth(keep_blanks) else [line for line in lines if line.strip(_TRIMMED)]


@FILTERS.add("split_csv")
def split_csv(run: Run, value: Any) -> list[str]:
    """Pieces between commas, trimmed, without empty ones."""
    subject = text(value)
    run.fits(subject.count(","), items=True)
    return [piece.strip(_TRIMMED) for piece in subject.split(",") if piece.strip(_TRIMMED)]


@FILTERS.add("tokenize")
def tokenize(run: Run, value: Any) -> list[str]:
    """The words of a text in lower case, in order."""
    found = _WORD.findall(text(value).lower())
    run.fits(len(found), items=True)
    return found
