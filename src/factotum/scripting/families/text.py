"""Text: case, trimming, cutting, replacing."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from factotum.scripting.faults import Trouble
from factotum.scripting.patterns import each_of
from factotum.scripting.registry import FILTERS
from factotum.scripting.values import integer, items, pairs, text, truth

if TYPE_CHECKING:
    from factotum.scripting.run import Run

_TRIMMED: Final = " \t\n\r\0\x0b"
_MAX_MASK = 500
_MAX_KEYS = 1000
_MAX_LENGTH = 100_000
_MAX_PREFIXES = 100
_ALPHANUM = string.ascii_letters + string.digits


@FILTERS.add("lower")
def lower(value: Any) -> str:
    """In lower case."""
    return text(value).lower()


@FILTERS.add("upper")
def upper(value: Any) -> str:
    """In upper case."""
    return text(value).upper()


@FILTERS.add("capitalize")
def capitalize(value: Any) -> str:
    """The first letter in upper case, the rest in lower."""
    subject = text(value)
    return subject[:1].upper() + subject[1:].lower()


@FILTERS.add("title")
def title(value: Any) -> str:
    """Each word with a capital letter."""
    return re.sub(r"[^\W\d_][\w']*", lambda word: capitalize(word[0]), text(value))


@FILTERS.add("trim")
def trim(value: Any, character_mask: Any = None, side: Any = "both") -> str:
    """Without white space (or the characters given, ``a..z`` a range) at one or both ends."""
    subject = text(value)
    mask = _TRIMMED if character_mask is None else few(_mask(text(character_mask)))
    wanted = text(side)
    if wanted not in {"both", "left", "right"}:
        raise Trouble('trim takes "both", "left" or "right".')
    if wanted != "right":
        subject = subject.lstrip(mask)
    return subject if wanted == "left" else subject.rstrip(mask)


def few(characters: str) -> str:
    """Each character once; raises Trouble for very many, which strip() would be slow with."""
    once = "".join(dict.fromkeys(characters))
    if len(once) > _MAX_MASK:
        raise Trouble(f"More than {_MAX_MASK} characters are to be trimmed.")
    return once


def _mask(characters: str) -> str:
    return re.sub(
        r"(.)\.\.(.)",
        lambda ends: "".join(map(chr, range(ord(ends[1]), min(ord(ends[2]), 0xFF) + 1))),
        characters,
        flags=re.DOTALL,
    )


@FILTERS.add("replace")
def replace(run: Run, value: Any, from_: Any, to: Any = None) -> str:
    """Every key of a map by its value, the longest first, in one go; or one text by another."""
    subject = text(value)
    wanted = from_ if isinstance(from_, (list, Mapping)) else {text(from_): to}
    by = {str(key): text(item) for key, item in pairs(wanted) if str(key)}
    if not by:
        return subject
    if len(by) > _MAX_KEYS or sum(map(len, by)) > _MAX_LENGTH:
        raise Trouble(
            f"replace takes at most {_MAX_KEYS} keys of together {_MAX_LENGTH} characters."
        )
    longest = sorted(by, key=len, reverse=True)
    if len(longest) == 1:
        (old,) = longest
        run.fits(len(subject) + subject.count(old) * max(len(by[old]) - len(old), 0))
        return subject.replace(old, by[old])
    parts: list[str] = []
    size, at = 0, 0
    for start, end in each_of(run, longest, subject):
        parts += [subject[at:start], by[subject[start:end]]]
        size += len(parts[-1]) + len(parts[-2])
        run.fits(size)
        at = end
    return "".join([*parts, subject[at:]])


@FILTERS.add("alphanum")
def alphanum(run: Run, value: Any, also: Any = None, replace: Any = "") -> str:
    """Letters and digits of ASCII, and the characters in ``also``; others become ``replace``."""
    kept = set(_ALPHANUM + text(also))
    subject, by = text(value), text(replace)
    if by:
        run.fits(len(subject) * len(by))
    return "".join(one if one in kept else by for one in subject)


@FILTERS.add("append")
def append(value: Any, suffix: Any, delimiter: Any = "", trim: Any = None) -> str:
    """Add a suffix, and before it the delimiter if there was something."""
    between = text(delimiter)
    subject = text(value)
    mask = between if trim is None else text(trim)
    if mask:
        subject = subject.rstrip(few(mask))
    return subject + between + text(suffix) if subject else text(suffix)


@FILTERS.add("repeat")
def repeat(run: Run, value: Any, times: Any = 1) -> str:
    """A text so many times."""
    subject, count = text(value), max(integer(times), 0)
    run.fits(len(subject) * count)
    return subject * count


@FILTERS.add("truncate")
def truncate(value: Any, length: Any = 30, preserve: Any = False, separator: Any = "...") -> str:
    """At most so many characters and then dots; ``preserve`` goes on to the end of the word."""
    subject, most = text(value), max(integer(length), 0)
    if len(subject) <= most:
        return subject
    if truth(preserve):
        space = subject.find(" ", most)
        if space < 0:
            return subject
        most = space
    return subject[:most].rstrip() + text(separator)


@FILTERS.add("indent")
def indent(run: Run, value: Any, marker: Any = "", from_line: Any = 0) -> str:
    """Every line after a marker, from that line on (the first is 0)."""
    return _each_line(run, value, text(marker), integer(from_line))


@FILTERS.add("quote")
def quote(run: Run, value: Any) -> str:
    """Every line after "> ", as in a reply."""
    quoted = _each_line(run, text(value).rstrip(_TRIMMED), "> ", 0)
    return re.sub(r"^> $", ">", quoted, flags=re.MULTILINE)


def _each_line(run: Run, value: Any, marker: str, first: int) -> str:
    lines = text(value).split("\n")
    run.fits(sum(map(len, lines)) + len(lines) * (len(marker) + 1))
    return "\n".join(marker + line if at >= first else line for at, line in enumerate(lines))


@FILTERS.add("strip_lines")
def strip_lines(value: Any, prefixes: Any = "") -> str:
    """Without lines that begin with one of the prefixes."""
    listed = [text(one) for one in items(prefixes)] or [text(prefixes)]
    unwanted = tuple(one for one in listed if one)
    if len(unwanted) > _MAX_PREFIXES:
        raise Trouble(f"strip_lines takes at most {_MAX_PREFIXES} prefixes.")
    return "\n".join(
        line for line in text(value).split("\n") if not unwanted or not line.startswith(unwanted)
    )


@FILTERS.add("str_pos")
def str_pos(value: Any, needle: Any, offset: Any = 0, ignore_case: Any = False) -> int:
    """Where a text stands in another, from 0; -1 if it does not."""
    subject, wanted = text(value), text(needle)
    if truth(ignore_case):
        subject, wanted = subject.lower(), wanted.lower()
    return subject.find(wanted, max(integer(offset), 0))


@FILTERS.add("str_sub")
def str_sub(value: Any, from_: Any = 0, to: Any = None) -> str:
    """The text from one place up to another."""
    return text(value)[integer(from_) : None if to is None else integer(to)]


@FILTERS.add("permalink")
def permalink(run: Run, value: Any, spaces_as: Any = "-") -> str:
    """A text fit for an address: "This is it!" becomes "This-is-it"."""
    subject, between = text(value), text(spaces_as)
    run.fits(len(subject) * max(len(between), 1))
    found = re.sub(r"[^a-zA-Z0-9_]+", lambda _: between, subject)
    return found.strip(few(between)) if between else found
