"""Strict JSON: text or bytes in, plain values out, every fault with its place.

Stricter than ``json.loads``: a key may stand once in an object, numbers are finite, text is UTF-8
without half surrogates and NUL (a database cannot keep either), nesting and size are limited.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from factotum.core.errors import BadPackage, Fault

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 100

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class _Object(dict[str, Any]):
    """A decoded object that remembers which keys stood in it more than once."""

    repeated: tuple[str, ...] = ()


def decode(source: str | bytes) -> Any:
    """The value that this JSON text holds; BadPackage says where it is not JSON and what to do.

    >>> decode('{"a": [1, 2]}')
    {'a': [1, 2]}
    """
    text = _text(source)
    if not text.strip():
        _refuse("empty", "$", "There is no package here.", "Paste the whole JSON text.")
    _check_depth(text)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        _refuse_syntax(text, error)
    except (ValueError, RecursionError):
        _refuse("not-json", "$", "A number is too long to be read.", "Write it as a text.")
    return check(value)


def check(value: Any) -> Any:
    """Already decoded JSON, checked as ``decode`` does: finite, storable, no key twice, not deep."""
    faults = list(_faults(value, "", 0))
    if faults:
        raise BadPackage(faults)
    return value


def join(path: str, key: str | int) -> str:
    """One step further down: ``join("bots[0]", "uid")`` is ``bots[0].uid``."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not _PLAIN_KEY.match(key):
        return f"{path}[{json.dumps(key)}]"
    return f"{path}.{key}" if path else key


def _text(source: str | bytes) -> str:
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        _refuse(
            "too-large",
            "$",
            f"The package has {size / 1024 / 1024:.1f} MB; at most {MAX_BYTES // 1024 // 1024} MB can be imported.",
            "Split it, or leave out large images.",
        )
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    encoding = _OTHER_ENCODINGS.get(source[:2])
    if encoding:
        _refuse("not-utf8", "$", f"The file is {encoding}, not UTF-8.", "Save it as UTF-8.")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        _refuse("not-utf8", f"line {line}", "This is not UTF-8 text.", "Save the file as UTF-8.")


def _check_depth(text: str) -> None:
    """Before decoding, so that no depth can exhaust the decoder."""
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                _refuse_depth(_place(text, token.start()))
        elif token[0] in "]}":
            depth -= 1


def _refuse_depth(place: str) -> NoReturn:
    sentence = f"The package is nested more than {MAX_DEPTH} levels deep."
    _refuse("too-deep", place, sentence, "Flatten it.")


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return f"line {line} column {column}"


def _refuse_syntax(text: str, error: json.JSONDecodeError) -> NoReturn:
    place = _place(text, error.pos)
    rest = text[error.pos :].lstrip()
    if text.lstrip().startswith("<"):
        _refuse("not-json", "$", "This is a web page or XML, not JSON.", "Copy the package's text.")
    if _ends_early(error.msg, rest):
        _refuse("cut-off", place, "The text ends too early.", "Copy the whole package.")
    if error.msg == "Extra data":
        hint = f"Delete what begins with {rest[:20]!r}."
        _refuse("trailing-text", place, "There is more text after the package's end.", hint)
    _refuse("not-json", place, f"This is not JSON ({_reason(error.msg)}).", _advice(text, rest))


def _ends_early(message: str, rest: str) -> bool:
    half_word = any(word.startswith(rest) for word in ("true", "false", "null"))
    return half_word or message.startswith("Unterminated string")


def _reason(message: str) -> str:
    message = message.removesuffix(" at").removesuffix(" starting")
    return message[:1].lower() + message[1:]


def _advice(text: str, rest: str) -> str:
    before = text[: len(text) - len(rest)].rstrip()
    if rest[0] in "]}" and before.endswith(","):
        return "Delete the comma before it."
    if rest[0] in "'‘’“”":
        return 'Write texts and keys in straight double quotes ("…").'
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments; delete it."
    return "Check the commas, quotes and brackets just before that place."


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    value = _Object(pairs)
    if len(value) < len(pairs):
        times = Counter(key for key, _ in pairs)
        value.repeated = tuple(key for key, count in times.items() if count > 1)
    return value


def _constant(name: str) -> float:
    return float(name)


def _faults(value: Any, path: str, depth: int) -> Iterator[Fault]:
    if isinstance(value, str):
        yield from _text_faults(value, path)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(
            "not-a-number", path, "This is not a finite number.", "Write a number or a text."
        )
    elif isinstance(value, dict | list) and depth >= MAX_DEPTH:
        _refuse_depth(path)
    elif isinstance(value, dict):
        yield from _object_faults(value, path, depth)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, join(path, index), depth + 1)


def _object_faults(value: dict[str, Any], path: str, depth: int) -> Iterator[Fault]:
    for key in getattr(value, "repeated", ()):
        yield Fault(
            "duplicate-key",
            join(path, key),
            f"The key {key!r} stands here more than once.",
            "Keep one of them.",
        )
    for key, item in value.items():
        here = join(path, key)
        yield from _text_faults(key, here)
        if not isinstance(item, bool | int | None):
            yield from _faults(item, here, depth + 1)


def _text_faults(text: str, path: str) -> Iterator[Fault]:
    if _UNSTORABLE.search(text):
        yield Fault(
            "bad-character",
            path,
            "This text holds a character that is no text (NUL or half a surrogate pair).",
            "Delete it.",
        )


def _refuse(code: str, path: str, sentence: str, hint: str) -> NoReturn:
    raise BadPackage([Fault(code, path, sentence, hint)])
