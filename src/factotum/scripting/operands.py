"""Literals, names, calls, and what follows a value: ``x|first.id``, ``a[1:2]``, ``f(1, b=2)``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from jinja2 import nodes

from factotum.scripting.faults import OverLimit, unknown
from factotum.scripting.registry import FILTERS, FUNCTIONS, Word
from factotum.scripting.stream import Stream
from factotum.scripting.terms import arrow, call_operator

Args = tuple[list[nodes.Expr], list[nodes.Keyword]]
UNARY: Final = {"not": 50, "-": 500, "+": 500}
_CONSTANTS = {"true": True, "false": False, "null": None, "none": None}
_MAX_DEPTH = 60


class Operands(ABC):
    """Reads one operand; ``Expressions`` puts them together."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.macros: set[str] = set()
        self.modules = {"_self"}
        self.spoken: dict[str, str] = {}
        self._depth = 0

    @abstractmethod
    def expression(self, precedence: int = 0) -> nodes.Expr:
        """One expression, up to an operator that binds less."""

    @contextmanager
    def _deeper(self) -> Generator[None]:
        depth = self._depth
        self._depth += 1
        self._check_depth()
        yield
        self._depth = depth

    def _check_depth(self) -> None:
        if self._depth > _MAX_DEPTH:
            raise OverLimit("An expression is nested too deeply.", line=self.stream.line)

    # Values

    def _primary(self) -> nodes.Expr:
        token = self.stream.now
        if token.kind == "op" and token.value in UNARY:
            self.stream.take()
            inner = self.expression(UNARY[token.value])
            if token.value == "not":
                return self._postfix(nodes.Not(inner, lineno=token.line))
            function = "negative" if token.value == "-" else "positive"
            return self._postfix(call_operator(function, [inner], token.line))
        if self.stream.skip("punct", "("):
            inner = self.expression()
            self.stream.expect("punct", ")")
            return self._postfix(inner)
        return self._postfix(self._literal())

    def _literal(self) -> nodes.Expr:
        token = self.stream.now
        if token.kind == "number":
            self.stream.take()
            return nodes.Const(_number(token.value), lineno=token.line)
        if token.kind == "string":
            return nodes.Const(self.stream.take().value, lineno=token.line)
        readers: dict[tuple[str, str], Callable[[], nodes.Expr]] = {
            ("glue", '"'): self._glued,
            ("punct", "["): self._list,
            ("punct", "{"): self._map,
        }
        reader = readers.get((token.kind, token.value))
        if reader is not None:
            return reader()
        if token.kind == "name":
            return self._name()
        raise self.stream.fault(f"Unexpected {self.stream.spoken()}.")

    def _name(self) -> nodes.Expr:
        token = self.stream.take()
        if token.value in _CONSTANTS or (
            token.value.lower() in _CONSTANTS and token.value.isupper()
        ):
            return nodes.Const(_CONSTANTS[token.value.lower()], lineno=token.line)
        if self.stream.at("punct", "("):
            return self._call(token.value, token.line)
        return nodes.Name(token.value, "load", lineno=token.line)

    def _call(self, name: str, line: int) -> nodes.Expr:
        name = self.spoken.get(name, name)
        if name in self.macros:
            return self._macro_call(name, line)
        word = FUNCTIONS.find(name, line)
        args, named = self.arguments()
        kwargs = self._checked(word, len(args), named, line)
        return nodes.Call(
            nodes.EnvironmentAttribute(name, lineno=line), args, kwargs, None, None, lineno=line
        )

    def _macro_call(self, name: str, line: int) -> nodes.Expr:
        if name not in self.macros:
            raise unknown("macro", name, self.macros, line=line)
        args, named = self.arguments()
        target = nodes.Getattr(nodes.Name("_self", "load"), name, "load", lineno=line)
        return nodes.Call(target, args, named, None, None, lineno=line)

    def _glued(self) -> nodes.Expr:
        line = self.stream.take().line
        parts: list[nodes.Expr] = []
        while not self.stream.skip("unglue"):
            if self.stream.at("string"):
                parts.append(nodes.Const(self.stream.take().value, lineno=line))
            else:
                parts.append(self.expression())
                self.stream.expect("end")
        return nodes.Concat(parts, lineno=line)

    def _list(self) -> nodes.Expr:
        line = self.stream.take().line
        found: list[nodes.Expr] = []
        spread = False
        while not self.stream.skip("punct", "]"):
            spread |= self.stream.at("op", "...")
            found.append(self._maybe_spread())
            if not self.stream.at("punct", "]"):
                self.stream.expect("punct", ",")
        return call_operator("spread", found, line) if spread else nodes.List(found, lineno=line)

    def _maybe_spread(self) -> nodes.Expr:
        line = self.stream.line
        if self.stream.skip("op", "..."):
            return call_operator("spreading", [self.expression()], line)
        return self.expression()

    def _map(self) -> nodes.Expr:
        line = self.stream.take().line
        found: list[nodes.Pair] = []
        while not self.stream.skip("punct", "}"):
            found.append(self._pair())
            if not self.stream.at("punct", "}"):
                self.stream.expect("punct", ",")
        return nodes.Dict(found, lineno=line)

    def _pair(self) -> nodes.Pair:
        token = self.stream.now
        key: nodes.Expr
        if self.stream.skip("punct", "("):
            key = call_operator("key", [self.expression()], token.line)
            self.stream.expect("punct", ")")
        elif token.kind in {"string", "number"}:
            self.stream.take()
            plain = _number(token.value) if token.kind == "number" else token.value
            key = nodes.Const(int(plain) if token.kind == "number" else plain, lineno=token.line)
        else:
            name = self.stream.word().value
            key = nodes.Const(name, lineno=token.line)
            if self.stream.at("punct", ",", "}"):
                return nodes.Pair(key, nodes.Name(name, "load", lineno=token.line))
        self.stream.expect("punct", ":")
        return nodes.Pair(key, self.expression(), lineno=token.line)

    # What follows a value

    def _postfix(self, value: nodes.Expr) -> nodes.Expr:
        depth = self._depth
        while True:
            if self.stream.at("punct", ".") or self.stream.at("op", "?."):
                value = self._attribute(value)
            elif self.stream.at("punct", "["):
                value = self._subscript(value)
            elif self.stream.at("punct", "|"):
                value = self.filters(value)
            else:
                self._depth = depth
                return value
            self._depth += 1
            self._check_depth()

    def _attribute(self, value: nodes.Expr) -> nodes.Expr:
        line = self.stream.take().line
        if self.stream.at("number"):
            return nodes.Getattr(value, self.stream.take().value, "load", lineno=line)
        name = self.stream.word().value
        if not self.stream.at("punct", "("):
            return nodes.Getattr(value, name, "load", lineno=line)
        if isinstance(value, nodes.Name) and value.name in self.modules:
            return self._macro_call(name, line)
        raise self.stream.fault(f'A value has no methods: "{name}()" cannot be called.', line)

    def _subscript(self, value: nodes.Expr) -> nodes.Expr:
        line = self.stream.take().line
        start: nodes.Expr = nodes.Const(0, lineno=line)
        if not self.stream.at("punct", ":"):
            start = self.expression()
        if self.stream.skip("punct", "]"):
            return nodes.Getitem(value, start, "load", lineno=line)
        self.stream.expect("punct", ":")
        length: nodes.Expr = nodes.Const(None, lineno=line)
        if not self.stream.at("punct", "]"):
            length = self.expression()
        self.stream.expect("punct", "]")
        return nodes.Filter(value, "slice", [start, length], [], None, None, lineno=line)

    def filters(self, value: nodes.Expr | None) -> nodes.Expr:
        """The filter at a ``|`` (or at its name, for a block), applied to the value."""
        self.stream.skip("punct", "|")
        line = self.stream.line
        name = self.stream.word().value
        word = FILTERS.find(name, line)
        args, named = self.arguments() if self.stream.at("punct", "(") else ([], [])
        kwargs = self._checked(word, len(args) + 1, named, line)
        return nodes.Filter(value, name, args, kwargs, None, None, lineno=line)

    def arguments(self) -> Args:
        """``(1, b, length=3, name: x)``."""
        self.stream.expect("punct", "(")
        args: list[nodes.Expr] = []
        named: list[nodes.Keyword] = []
        while not self.stream.skip("punct", ")"):
            if self._at_named():
                token = self.stream.word()
                self.stream.take()
                named.append(nodes.Keyword(token.value, self.expression(), lineno=token.line))
            elif named:
                raise self.stream.fault("An argument without a name comes after one with a name.")
            else:
                args.append(self.expression())
            if not self.stream.at("punct", ")"):
                self.stream.expect("punct", ",")
        return args, named

    def _at_named(self) -> bool:
        after = self.stream.ahead(1)
        named = self.stream.at("name") or self.stream.at("op", "in", "is", "not")
        return named and (after.kind, after.value) in {("op", "="), ("punct", ":")}

    def _checked(
        self, word: Word, count: int, named: list[nodes.Keyword], line: int
    ) -> list[nodes.Keyword]:
        names = word.bind(count, [one.key for one in named], line)
        if len(set(names)) != len(names):
            raise self.stream.fault("An argument is given twice.", line)
        return [
            nodes.Keyword(name, one.value, lineno=one.lineno)
            for name, one in zip(names, named, strict=True)
        ]

    # Arrow functions

    def _at_arrow(self) -> bool:
        stream = self.stream
        if stream.at("name"):
            return stream.ahead(1)[:2] == ("op", "=>")
        if not stream.at("punct", "("):
            return False
        place = 1
        while stream.ahead(place).kind == "name" or stream.ahead(place)[:2] == ("punct", ","):
            place += 1
        closed = stream.ahead(place)[:2] == ("punct", ")")
        return closed and stream.ahead(place + 1)[:2] == ("op", "=>")

    def _arrow(self) -> nodes.Expr:
        line = self.stream.line
        names: list[str] = []
        if self.stream.skip("punct", "("):
            while not self.stream.skip("punct", ")"):
                names.append(self.stream.expect("name").value)
                if not self.stream.at("punct", ")"):
                    self.stream.expect("punct", ",")
        else:
            names.append(self.stream.take().value)
        self.stream.expect("op", "=>")
        return arrow(names, self.expression(), line)


def _number(digits: str) -> int | float:
    if digits.isdigit() and len(digits) < 1000:
        return int(digits)
    return float(digits)
