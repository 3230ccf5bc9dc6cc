"""PHP's delimited regular expressions (``/x/i``, ``#^a#``) on the ``regex`` library.

Every search has a time limit, so a pattern with catastrophic backtracking cannot hang a run.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import regex

from factotum.scripting.faults import OverLimit, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from factotum.scripting.run import Run

_CLOSING: Final = {"(": ")", "[": "]", "{": "}", "<": ">"}
_FLAGS: Final = {
    "i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL, "x": regex.VERBOSE,
    "D": 0, "S": 0, "U": 0, "A": 0, "J": 0, "u": 0, " ": 0, "\n": 0, "\r": 0,
}  # fmt: skip
_MAX_PATTERN = 2000
_MAX_WEIGHT = 20_000
_PIECE = regex.compile(
    r"\\.|\[\^?\]?(?:[^\\\]]|\\.)*\]|(?P<open>\()|(?P<close>\))|\{(?P<least>\d+)(?:,(?P<most>\d*))?\}|.",
    regex.DOTALL,
)
_RECURSION = regex.compile(r"\(\?(?:R|[+-]?\d|&|P>)")


@lru_cache(maxsize=512)
def compiled(delimited: str) -> regex.Pattern[str]:
    """A pattern with its delimiters and modifiers; raises Trouble for a faulty one.

    >>> compiled("#^a(.)#i").search("xABC") is None, compiled("{a(.)}").search("xab")[1]
    (True, 'b')
    """
    body, modifiers = _parts(delimited.lstrip())
    if len(body) > _MAX_PATTERN or _weight(body) > _MAX_WEIGHT:
        raise OverLimit("A regular expression is too big.")
    if _RECURSION.search(body):
        raise Trouble("A regular expression cannot call itself.")
    flags = regex.VERSION0 | (0 if "u" in modifiers else regex.ASCII)
    for modifier in modifiers:
        if modifier not in _FLAGS:
            raise Trouble(f'A regular expression has an unknown modifier "{modifier}".')
        flags |= _FLAGS[modifier]
    if "A" in modifiers:
        body = rf"\G(?:{body})"
    try:
        return regex.compile(body, flags)
    except (regex.error, OverflowError, RecursionError, MemoryError, ValueError, IndexError):
        raise Trouble(f'A regular expression is faulty: "{delimited[:80]}".') from None


def _parts(delimited: str) -> tuple[str, str]:
    opened = delimited[:1]
    if not opened or opened.isalnum() or opened == "\\":
        raise Trouble('A regular expression stands between delimiters, as in "/abc/i".')
    end = delimited.rfind(_CLOSING.get(opened, opened))
    if end <= 0:
        raise Trouble("A regular expression has no closing delimiter.")
    return delimited[1:end], delimited[end + 1 :]


def _weight(body: str) -> int:
    """How big a pattern gets with its counted repeats written out; compiling may do just that. Rather too big than too small.

    >>> _weight("ab{3}"), _weight("(?:a{9}){9}")
    (4, 99)
    """
    groups, last = [0], 0
    for piece in _PIECE.finditer(body):
        if piece["open"]:
            groups.append(0)
            last = 0
        elif piece["close"] and len(groups) > 1:
            last = groups.pop()
            groups[-1] += last
        elif piece["least"]:
            times = max(int(piece["least"][:9]), int((piece["most"] or "0")[:9]), 1)
            groups[-1] += last * (times - 1)
            last *= times
        else:
            last = 1
            groups[-1] += 1
    return sum(groups)


def search(run: Run, delimited: str, subject: str) -> regex.Match[str] | None:
    """The first match; raises OverLimit when it takes too long."""
    try:
        return compiled(delimited).search(subject, timeout=run.seconds_left())
    except TimeoutError:
        raise _slow() from None


def search_all(run: Run, delimited: str, subject: str) -> list[regex.Match[str]]:
    """Every match; raises OverLimit when it takes too long."""
    found: list[regex.Match[str]] = []
    try:
        for match in compiled(delimited).finditer(subject, timeout=run.seconds_left()):
            run.fits(len(found), items=True)
            found.append(match)
    except TimeoutError:
        raise _slow() from None
    return found


def each_of(run: Run, wanted: list[str], subject: str) -> Iterator[tuple[int, int]]:
    """Where these texts stand, from left to right, the first of the list that fits; in time."""
    pattern = regex.compile("|".join(map(regex.escape, wanted)))
    try:
        for match in pattern.finditer(subject, timeout=run.seconds_left()):
            yield match.span()
    except TimeoutError:
        raise _slow() from None


def _slow() -> OverLimit:
    return OverLimit("A search in a text takes too long.")
