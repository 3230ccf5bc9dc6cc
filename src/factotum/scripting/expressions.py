"""Twig's expressions as Jinja2's nodes: operators by precedence, ``? :``, ``is``."""

from __future__ import annotations

from typing import Final

from jinja2 import nodes

from factotum.scripting.operands import Args, Operands
from factotum.scripting.registry import TESTS, Word
from factotum.scripting.terms import call_operator, later

_LEFT, _RIGHT = 1, 0
BINARY: Final[dict[str, tuple[int, int, str]]] = {
    "or": (10, _LEFT, ""), "xor": (12, _LEFT, "xor"), "and": (15, _LEFT, ""),
    "b-or": (16, _LEFT, "bit_or"), "b-xor": (17, _LEFT, "bit_xor"), "b-and": (18, _LEFT, "bit_and"),
    "==": (20, _LEFT, "is_equal"), "!=": (20, _LEFT, "is_unequal"),
    "<=>": (20, _LEFT, "spaceship"), "<": (20, _LEFT, "less"), ">": (20, _LEFT, "more"),
    "<=": (20, _LEFT, "at_most"), ">=": (20, _LEFT, "at_least"),
    "in": (20, _LEFT, "is_in"), "not in": (20, _LEFT, "is_not_in"),
    "matches": (20, _LEFT, "matches"), "starts with": (20, _LEFT, "starts_with"),
    "ends with": (20, _LEFT, "ends_with"),
    "has some": (20, _LEFT, "has_some"), "has every": (20, _LEFT, "has_every"),
    "..": (25, _LEFT, "span"), "+": (30, _LEFT, "add"), "-": (30, _LEFT, "subtract"),
    "~": (40, _LEFT, ""), "*": (60, _LEFT, "multiply"), "/": (60, _LEFT, "divide"),
    "//": (60, _LEFT, "floor_divide"), "%": (60, _LEFT, "modulo"),
    "is": (100, _LEFT, ""), "is not": (100, _LEFT, ""),
    "**": (200, _RIGHT, "power"), "??": (300, _RIGHT, "coalesce"),
}  # fmt: skip


class Expressions(Operands):
    """A recursive descent over the tokens of one script; raises Trouble with the line."""

    def expression(self, precedence: int = 0) -> nodes.Expr:
        """One expression, up to an operator that binds less."""
        with self._deeper():
            if precedence == 0 and self._at_arrow():
                return self._arrow()
            left = self._primary()
            while (operator := self._binary(precedence)) is not None:
                left = self._operation(operator, left)
                self._depth += 1
                self._check_depth()
            return self._conditional(left) if precedence == 0 else left

    # Operators

    def _binary(self, precedence: int) -> str | None:
        token = self.stream.now
        if token.kind != "op" or token.value not in BINARY:
            return None
        return token.value if BINARY[token.value][0] >= precedence else None

    def _operation(self, operator: str, left: nodes.Expr) -> nodes.Expr:
        line = self.stream.take().line
        precedence, associative, function = BINARY[operator]
        if operator in {"is", "is not"}:
            return self._test(left, line, negated=operator == "is not")
        if operator in {"has some", "has every"} and self._at_arrow():
            return call_operator(function, [left, self._arrow()], line)
        right = self.expression(precedence + associative)
        if operator == "and":
            return nodes.And(left, right, lineno=line)
        if operator == "or":
            return nodes.Or(left, right, lineno=line)
        if operator == "~":
            parts = left.nodes if isinstance(left, nodes.Concat) else [left]
            self._depth -= isinstance(left, nodes.Concat)
            return nodes.Concat([*parts, right], lineno=line)
        if operator == "??":
            right = later(right)
        return call_operator(function, [left, right], line)

    def _conditional(self, test: nodes.Expr) -> nodes.Expr:
        while self.stream.skip("punct", "?"):
            line = self.stream.line
            if self.stream.skip("punct", ":"):
                test = call_operator("elvis", [test, later(self.expression())], line)
                continue
            chosen = self.expression()
            other: nodes.Expr = nodes.Const("", lineno=line)
            if self.stream.skip("punct", ":"):
                other = self.expression()
            test = nodes.CondExpr(test, chosen, other, lineno=line)
        return test

    def _test(self, value: nodes.Expr, line: int, *, negated: bool) -> nodes.Expr:
        name = self.stream.word().value
        if self.stream.at("name") and f"{name} {self.stream.now.value}" in TESTS:
            name = f"{name} {self.stream.take().value}"
        if name == "defined":
            result: nodes.Expr = nodes.Test(value, "defined", [], [], None, None, lineno=line)
        else:
            word = TESTS.find(name, line)
            args, named = self._test_arguments(word)
            kwargs = self._checked(word, len(args) + 1, named, line)
            result = nodes.Test(value, name, args, kwargs, None, None, lineno=line)
        return nodes.Not(result, lineno=line) if negated else result

    def _test_arguments(self, word: Word) -> Args:
        if self.stream.at("punct", "("):
            return self.arguments()
        required = [one for one in word.signature.parameters.values() if one.default is one.empty]
        if len(required) > 1 + word.wants_run:
            return [self._primary()], []
        return [], []
