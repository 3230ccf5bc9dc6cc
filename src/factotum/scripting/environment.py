"""Jinja2's sandbox with our dialect: our parser before it, our meaning in its code generator.

The generated code cannot reach Python: it has no builtins and only the names of ``_namespace``.
The sandbox's own checks stay in force below that, should anything of Jinja2 itself be reached.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import TYPE_CHECKING, Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from factotum.scripting import values
from factotum.scripting.compiler import TwigGenerator
from factotum.scripting.operators import OPERATORS
from factotum.scripting.registry import FILTERS, FUNCTIONS, TESTS, load_families
from factotum.scripting.statements import parse

if TYPE_CHECKING:
    from jinja2 import nodes

    from factotum.scripting.limits import Limits
    from factotum.scripting.run import Run
    from factotum.scripting.syntax import Syntax

FILENAME = "<script>"
Root = Callable[["Run"], str]


class ScriptEnvironment(ImmutableSandboxedEnvironment):
    """One dialect; compiles scripts to functions."""

    code_generator_class = TwigGenerator

    def __init__(self, syntax: Syntax, limits: Limits) -> None:
        super().__init__(autoescape=False, optimized=False, cache_size=0)
        self.syntax, self.limits = syntax, limits
        load_families()
        self._names = _namespace()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return parse(source, self.syntax, self.limits.tokens)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Nothing of Python is for scripts."""
        return False

    def is_safe_callable(self, obj: Any) -> bool:
        """Nothing of Python is for scripts."""
        return False

    def root(self, template: nodes.Template) -> tuple[Root, list[tuple[int, int]]]:
        """A script's function, and pairs of its line in Python and in the script."""
        code: CodeType = self.compile(template, filename=FILENAME)
        names = dict(self._names)
        exec(code, names)  # noqa: S102 - our own generated code, see the top of the file
        lines = [pair.split("=") for pair in names["debug_info"].split("&") if pair]
        return names["root"], [(int(python), int(line)) for line, python in lines]


def _namespace() -> dict[str, Any]:
    return {
        "__builtins__": {},
        "filters": {name: word.call for name, word in FILTERS.items()},
        "functions": {name: word.call for name, word in FUNCTIONS.items()},
        "tests": {name: word.call for name, word in TESTS.items()},
        **{f"op_{name}": operator for name, operator in OPERATORS.items()},
        "text": values.text,
        "truth": values.truth,
        "get": values.get,
        "has": values.has,
        "pairs": values.pairs,
        "list": list,
        "float": float,
    }
