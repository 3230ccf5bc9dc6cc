"""Filters, functions and tests by name; a family registers its own with a decorator.

>>> filters = Words("filter")
>>> @filters.add("shout")
... def shout(value, marks=1):
...     return str(value).upper() + "!" * marks
>>> filters["shout"].call("hey", 2)
'HEY!!'

A function whose first parameter is called ``run`` gets the rendering (time, limits, now …) there.
Parameters are named in snake case; a script may also use camel case (``ignoreCase=true``).
"""

from __future__ import annotations

import importlib
import inspect
import keyword
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from factotum.scripting.faults import Trouble, unknown

F = TypeVar("F", bound=Callable[..., Any])
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


@dataclass(frozen=True, slots=True)
class Word:
    """One filter, function or test."""

    kind: str
    name: str
    call: Callable[..., Any]
    wants_run: bool
    signature: inspect.Signature

    def bind(self, count: int, names: list[str], line: int) -> list[str]:
        """Check a call with so many arguments and these named ones; gives the names in Python."""
        spoken = [self._python_name(name) for name in names]
        try:
            self.signature.bind(*[None] * (count + self.wants_run), **dict.fromkeys(spoken))
        except TypeError:
            raise Trouble(
                f'The {self.kind} "{self.name}" takes {self._usage()}.', line=line
            ) from None
        return spoken

    def _python_name(self, name: str) -> str:
        if name in self.signature.parameters:
            return name
        snake = _HUMP.sub(r"_\1", name).lower()
        return snake + "_" if keyword.iskeyword(snake) else snake

    def _usage(self) -> str:
        hidden = self.wants_run + (self.kind != "function")
        shown = [
            str(one.replace(annotation=inspect.Parameter.empty)) for one in self._shown(hidden)
        ]
        return f"({', '.join(shown)})" if shown else "no arguments"

    def _shown(self, hidden: int) -> list[inspect.Parameter]:
        return list(self.signature.parameters.values())[hidden:]


class Words(Mapping[str, Word]):
    """The words of one kind; a name is taken once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._words: dict[str, Word] = {}

    def add(self, *names: str) -> Callable[[F], F]:
        """Register the decorated function under these names; ValueError for one in use."""

        def register(call: F) -> F:
            signature = inspect.signature(call)
            wants_run = next(iter(signature.parameters), "") == "run"
            for name in names:
                if name in self._words:
                    raise ValueError(f"there is a {self.kind} {name!r} already")
                self._words[name] = Word(self.kind, name, call, wants_run, signature)
            return call

        return register

    def find(self, name: str, line: int) -> Word:
        """The word; raises Trouble with the name and a close one."""
        word = self._words.get(name)
        if word is None:
            raise unknown(self.kind, name, self._words, line=line)
        return word

    def __getitem__(self, name: str) -> Word:
        return self._words[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


FILTERS: Final = Words("filter")
FUNCTIONS: Final = Words("function")
TESTS: Final = Words("test")


def load_families() -> None:
    """Import every module of ``families/``, so that its words register themselves."""
    package = importlib.import_module("factotum.scripting.families")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
