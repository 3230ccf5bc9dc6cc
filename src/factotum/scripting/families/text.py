"""Text: case, trimming, cutting, replacing, splitting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FILTERS, FUNCTIONS
from factotum.scripting.values import integer, items, number, pairs, text, truth

if TYPE_CHECKING:
    from factotum.scripting.run import Run

_TRIMMED: Final = " \t\n\r\0\x0b"
_WORD = re.compile(r"\w+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_SPEC = re.compile(
    r"%(?:(?P<place>\d{1,3})\$)?(?P<flags>(?:[-+ 0]|'.)*)(?P<width>\d{1,4})?"
    r"(?:\.(?P<precision>\d{1,3}))?(?P<kind>[a-zA-Z%])"
)


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
    mask = _TRIMMED if character_mask is None else _mask(text(character_mask))
    wanted = text(side)
    if wanted not in {"both", "left", "right"}:
        raise Trouble('trim takes "both", "left" or "right".')
    if wanted != "right":
        subject = subject.lstrip(mask)
    return subject if wanted == "left" else subject.rstrip(mask)


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
    run.fits(len(by), items=True)
    longest = sorted(by, key=len, reverse=True)
    if len(longest) == 1:
        (old,) = longest
        run.fits(len(subject) + subject.count(old) * max(len(by[old]) - len(old), 0))
        return subject.replace(old, by[old])
    pattern = re.compile("|".join(map(re.escape, longest)))
    parts, size, at = [], 0, 0
    for match in pattern.finditer(subject):
        parts += [subject[at : match.start()], by[match[0]]]
        size += len(parts[-1]) + len(parts[-2])
        run.fits(size)
        at = match.end()
    return "".join([*parts, subject[at:]])


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


@FILTERS.add("alphanum")
def alphanum(value: Any, also: Any = None, replace: Any = "") -> str:
    """Letters and digits of ASCII, and the characters in ``also``; others become ``replace``."""
    kept = re.escape(text(also))
    by = text(replace)
    return re.sub(rf"[^a-zA-Z0-9{kept}]", lambda _: by, text(value))


@FILTERS.add("append")
def append(value: Any, suffix: Any, delimiter: Any = "", trim: Any = None) -> str:
    """Add a suffix, and before it the delimiter if there was something."""
    between = text(delimiter)
    subject = text(value)
    mask = between if trim is None else text(trim)
    if mask:
        subject = subject.rstrip(mask)
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
def permalink(value: Any, spaces_as: Any = "-") -> str:
    """A text fit for an address: "This is it!" becomes "This-is-it"."""
    between = text(spaces_as)
    return re.sub(r"[^a-zA-Z0-9_]+", lambda _: between, text(value)).strip(between)


@FILTERS.add("format")
def format_(run: Run, value: Any, *args: Any) -> str:
    """PHP's sprintf: ``"%s closed %d"|format(who, 120)``; also ``%05.1f``, ``%'*10s``, ``%2$s``."""
    place, size = 0, 0

    def filled(spec: re.Match[str]) -> str:
        nonlocal place, size
        if spec["kind"] == "%":
            return "%"
        at = int(spec["place"]) - 1 if spec["place"] else place
        place += not spec["place"]
        if not 0 <= at < len(args):
            raise Trouble("format has too few values.")
        out = _padded(_spelled(spec, args[at]), spec)
        size += len(out)
        run.fits(size)
        return out

    return _SPEC.sub(filled, text(value))


def _spelled(spec: re.Match[str], value: Any) -> str:
    kind, precision = spec["kind"], int(spec["precision"] or 6)
    if kind == "s":
        return text(value)[: int(spec["precision"]) if spec["precision"] else None]
    if kind in "fFeEgG":
        shown = format(float(number(value)), f".{min(precision, 50)}{kind}")
    elif kind in "dubxXoc":
        whole = integer(value) if kind in "dc" else integer(value) & (2**64 - 1)
        shown = chr(whole & 0xFF) if kind == "c" else format(whole, "d" if kind == "u" else kind)
    else:
        raise Trouble(f'format does not know "%{kind}".')
    return "+" + shown if "+" in spec["flags"] and shown[0] not in "+-" else shown


def _padded(shown: str, spec: re.Match[str]) -> str:
    flags, width = spec["flags"], int(spec["width"] or 0)
    fill = "0" if "0" in re.sub("'.", "", flags) else " "
    if custom := re.search("'(.)", flags):
        fill = custom[1]
    if "-" in re.sub("'.", "", flags):
        return shown.ljust(width, fill)
    if fill == "0" and shown[:1] in {"+", "-"}:
        return shown[0] + shown[1:].rjust(width - 1, fill)
    return shown.rjust(width, fill)


@FUNCTIONS.add("validate_email")
def validate_email(value: Any) -> bool:
    """Whether a text is one e-mail address."""
    return _EMAIL.fullmatch(text(value)) is not None


_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
