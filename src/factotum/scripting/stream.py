"""Tokens being read by the parser."""

from __future__ import annotations

from factotum.scripting.faults import Trouble
from factotum.scripting.lexer import Token

_SPOKEN = {"end": "the end of the tag", "eof": "the end of the script"}


class Stream:
    """A place in a list of tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def now(self) -> Token:
        """The token to read next."""
        return self._tokens[self._at]

    @property
    def line(self) -> int:
        """Its line."""
        return self._tokens[self._at].line

    def ahead(self, count: int) -> Token:
        """The token that many further."""
        return self._tokens[min(self._at + count, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Read one."""
        token = self._tokens[self._at]
        if token.kind != "eof":
            self._at += 1
        return token

    def at(self, kind: str, *values: str) -> bool:
        """Whether the next token is of that kind, and one of these values if any are given."""
        token = self._tokens[self._at]
        return token.kind == kind and (not values or token.value in values)

    def skip(self, kind: str, *values: str) -> bool:
        """Read the next token if it is that."""
        if self.at(kind, *values):
            self._at += 1
            return True
        return False

    def expect(self, kind: str, *values: str) -> Token:
        """Read the next token, which must be that; else raises Trouble."""
        if not self.at(kind, *values):
            wanted = " or ".join(f'"{value}"' for value in values) or _SPOKEN.get(kind, f"a {kind}")
            raise self.fault(f"Expected {wanted}, found {self.spoken()}.")
        return self.take()

    def word(self) -> Token:
        """Read a name, also one that is an operator elsewhere (``x.in``)."""
        token = self.now
        if token.kind == "name" or (token.kind == "op" and token.value.isidentifier()):
            return self.take()
        raise self.fault(f"Expected a name, found {self.spoken()}.")

    def spoken(self) -> str:
        """The next token, for a sentence."""
        token = self.now
        return _SPOKEN.get(token.kind, f'"{token.value[:40]}"')

    def fault(self, sentence: str, line: int = 0) -> Trouble:
        """Trouble at the next token."""
        return Trouble(sentence, line=line or self.line)
