"""A script's text as tokens, the way Twig cuts it.

Token kinds: ``text``; ``value`` and ``tag`` with their ``end``; inside them ``name``, ``number``,
``string``, ``op`` (also word operators such as ``starts with``) and ``punct``; a double-quoted
string with ``#{…}`` in it is ``glue`` … ``unglue`` around strings and the tokens between ``#{`` and
``}``, each such part closed by ``end``; last ``eof``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from factotum.scripting.faults import Trouble

if TYPE_CHECKING:
    from factotum.scripting.syntax import Syntax

WHITE: Final = " \t\n\r\0\x0b"
SPACES: Final = " \t\0\x0b"
_WORDS = (
    r"starts\s+with", r"ends\s+with", r"not\s+in", r"is\s+not", r"has\s+some", r"has\s+every",
    "b-and", "b-xor", "b-or", "matches", "and", "xor", "or", "not", "is", "in",
)  # fmt: skip
_SIGNS = ("<=>", "...", "**", "??", "?.", "..", "==", "!=", ">=", "<=", "//", "=>", *"+-/*%~<>=")
_OPERATOR = re.compile(
    "|".join(
        [rf"(?:{word})(?![\w:.,|\]}}=?])" for word in _WORDS] + [re.escape(sign) for sign in _SIGNS]
    )
)
_NAME = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?")
_DIGITS = re.compile(r"[0-9]+")
_SPACE = re.compile(r"\s+")
_SINGLE = re.compile(r"'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL)
_DOUBLE_PART = re.compile(r"(?:[^\"\\#]|\\.|#(?!\{))*", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "v": "\v", "b": "\b", "f": "\f"}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    """``value`` is the text, unescaped for strings; ``line`` counts from 1."""

    kind: str
    value: str
    line: int


def tokens(text: str, syntax: Syntax) -> list[Token]:
    """Cut a script; raises Trouble with the line for an unclosed mark, string or bracket."""
    return _Lexer(text, syntax).run()


def unescape(raw: str) -> str:
    r"""Backslash escapes as in C: ``\n``, ``\x41``, ``\101``; an unknown one loses its backslash."""
    return _ESCAPE.sub(_unescaped, raw) if "\\" in raw else raw


def _unescaped(match: re.Match[str]) -> str:
    body = match[1]
    if body[0] == "x" and len(body) > 1:
        return chr(int(body[1:], 16))
    if body[0] in "01234567":
        return chr(int(body, 8) & 0xFF)
    return _LETTERS.get(body, body)


class _Lexer:
    def __init__(self, text: str, syntax: Syntax) -> None:
        self.text, self.syntax = text, syntax
        self.at, self.line = 0, 1
        self.out: list[Token] = []

    def run(self) -> list[Token]:
        while start := self.syntax.start.search(self.text, self.at):
            self._plain(self.at, start.start(), start[2])
            self._advance(start.end())
            self._mark(start[1])
        self._plain(self.at, len(self.text), "")
        self._advance(len(self.text))
        self._add("eof", "")
        return self.out

    def _mark(self, opened: str) -> None:
        syntax = self.syntax
        if opened == syntax.comment[0]:
            end = syntax.comment_end.search(self.text, self.at)
            if end is None:
                raise self._fault(f'A comment is not closed with "{syntax.comment[1]}".')
            self._advance(end.end())
        elif opened == syntax.value[0]:
            self._add("value", opened)
            self._expression(syntax.value_end, syntax.value[1])
        elif verbatim := syntax.verbatim.match(self.text, self.at):
            self._verbatim(verbatim.end())
        else:
            self._add("tag", opened)
            self._expression(syntax.tag_end, syntax.tag[1])

    def _verbatim(self, start: int) -> None:
        end = self.syntax.verbatim_end.search(self.text, start)
        if end is None:
            raise self._fault('"verbatim" is not closed with "endverbatim".')
        self._plain(start, end.start(), end[1])
        self._advance(end.end())

    def _expression(self, end: re.Pattern[str], closing: str) -> None:
        brackets: list[str] = []
        while True:
            if not brackets and (match := end.match(self.text, self.at)):
                self._add("end", closing)
                self._advance(match.end())
                return
            if space := _SPACE.match(self.text, self.at):
                self._advance(space.end())
            if self.at >= len(self.text):
                raise self._fault(f'Expected "{brackets[-1] if brackets else closing}".')
            if brackets or not end.match(self.text, self.at):
                self._piece(brackets)

    def _piece(self, brackets: list[str]) -> None:
        text, at = self.text, self.at
        after_dot = bool(self.out) and self.out[-1].kind == "punct" and self.out[-1].value == "."
        if operator := _OPERATOR.match(text, at):
            self._take("op", " ".join(operator[0].split()), operator.end())
        elif name := _NAME.match(text, at):
            self._take("name", name[0], name.end())
        elif number := (_DIGITS if after_dot else _NUMBER).match(text, at):
            self._take("number", number[0], number.end())
        elif text[at] == "'":
            self._single()
        elif text[at] == '"':
            self._double()
        elif text[at] in "()[]{}?:.,|":
            self._bracket(text[at], brackets)
            self._take("punct", text[at], at + 1)
        else:
            raise self._fault(f'Unexpected character "{text[at]}".')

    def _bracket(self, sign: str, brackets: list[str]) -> None:
        if sign in _CLOSING:
            brackets.append(_CLOSING[sign])
        elif sign in ")]}" and (not brackets or brackets.pop() != sign):
            raise self._fault(f'Unexpected "{sign}".')

    def _single(self) -> None:
        match = _SINGLE.match(self.text, self.at)
        if match is None:
            raise self._fault("A text in single quotes is not closed.")
        self._take("string", unescape(match[1]), match.end())

    def _double(self) -> None:
        opened = len(self.out)
        self._advance(self.at + 1)
        while True:
            part = _DOUBLE_PART.match(self.text, self.at)
            end = part.end() if part else self.at
            self._take("string", unescape(self.text[self.at : end]), end)
            if self.text.startswith('"', self.at):
                break
            if not self.text.startswith("#{", self.at):
                raise self._fault("A text in double quotes is not closed.")
            self._advance(self.at + 2)
            self._expression(_INTERPOLATION_END, "}")
        self._advance(self.at + 1)
        if len(self.out) > opened + 1:
            self.out.insert(opened, Token("glue", '"', self.out[opened].line))
            self._add("unglue", '"')

    def _plain(self, start: int, end: int, control: str) -> None:
        text = self.text[start:end]
        if control:
            text = text.rstrip(WHITE if control == "-" else SPACES)
        if text:
            self.out.append(Token("text", text, self.line))

    def _take(self, kind: str, value: str, end: int) -> None:
        self._add(kind, value)
        self._advance(end)

    def _add(self, kind: str, value: str) -> None:
        self.out.append(Token(kind, value, self.line))

    def _advance(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def _fault(self, sentence: str) -> Trouble:
        return Trouble(sentence, line=self.line)


_INTERPOLATION_END = re.compile(r"\s*\}")
