"""Scripts: check them, ask which placeholders they read, render them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any

from jinja2.exceptions import TemplateError

from factotum.core.errors import FactotumError, ScriptFault
from factotum.scripting.environment import FILENAME, Root, ScriptEnvironment
from factotum.scripting.faults import NeedsRecord, OverLimit, Trouble
from factotum.scripting.limits import Limits
from factotum.scripting.names import read_by
from factotum.scripting.run import Run
from factotum.scripting.statements import parse
from factotum.scripting.syntax import RUN_TIME, Syntax

_CACHED = 4096
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A script ready to run."""

    root: Root
    names: frozenset[str]
    lines: list[tuple[int, int]]


class Scripts:
    """The script language in one of its two spellings; one instance serves a whole process.

    >>> scripts = Scripts()
    >>> now = datetime(2017, 12, 12, 11, 50, tzinfo=UTC)
    >>> scripts.render("Hi, {{ name|default('you') }}! {{ 'now'|date('Y') }}", {}, now=now)
    'Hi, you! 2017'
    >>> sorted(scripts.names("{% set a = b %}{{ a ~ c.d }}"))
    ['b', 'c']
    >>> from factotum.scripting import PACKAGE
    >>> Scripts(PACKAGE).render("{{{uid.x}}} {{later}}", {"uid": {"x": 7}}, now=now)
    '7 {{later}}'

    Safe to share between threads: what belongs to one rendering lives in its ``Run``.
    """

    def __init__(self, syntax: Syntax = RUN_TIME, limits: Limits | None = None) -> None:
        self.syntax = syntax
        self.limits = limits or Limits()
        self._environment = ScriptEnvironment(syntax, self.limits)
        self._compiled = lru_cache(maxsize=_CACHED)(self._compile)

    def check(self, text: str) -> None:
        """Raise ScriptFault, with the line, for a script that cannot be read.

        An unknown filter, function, test or tag is named in the sentence.
        """
        self._script(text)

    def names(self, text: str) -> frozenset[str]:
        """Top-level placeholders that a script may read; raises ScriptFault like ``check``."""
        return frozenset() if self.syntax.is_plain(text) else self._script(text).names

    def render(
        self,
        text: str,
        values: Mapping[str, Any],
        *,
        now: datetime,
        seed: int = 0,
        timezone: str = "UTC",
        keeps_bytes: bool = False,
    ) -> str:
        """Fill a script.

        values: placeholders by name, of JSON's types or aware datetimes, and mappings of them.
            May be lazy: a name is looked up (``values[name]``, KeyError where there is none; for
            ``is defined`` also ``name in values``) only when the script comes to it.
        now: what 'now' means; without a time zone it is UTC.
        seed: for random, shuffle and random_string; the same seed renders the same. Give an
            unpredictable one (``secrets.randbits(128)``) where the result is to be a secret.
        timezone: IANA name, for dates that name none.
        keeps_bytes: bytes that are no UTF-8 (of ``base64_decode``) stay in the text as surrogate
            escapes, for who sends them on; else they become U+FFFD.

        Raises ScriptFault (``script-fault``, over a limit ``script-limit``) with the line, and
        lets NeedsRecord and any FactotumError of ``values`` through unchanged. Text without a
        script comes back as it is.
        """
        if self.syntax.is_plain(text):
            return text
        script = self._script(text)
        moment = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
        run = Run(values, self.limits, moment, seed, timezone)
        try:
            output = script.root(run)
            return output if keeps_bytes else _clean(output)
        except (FactotumError, NeedsRecord):
            raise
        except Trouble as trouble:
            line = trouble.line or _line(trouble.__traceback__, script.lines)
            raise ScriptFault(trouble.sentence, line=line, code=trouble.code) from None
        except Exception as error:  # noqa: BLE001 - nothing of Python may reach a script's author
            line = _line(error.__traceback__, script.lines)
            raise _spoken(error, line) from None

    def _script(self, text: str) -> Compiled:
        if len(text) > self.limits.script:
            raise ScriptFault("The script is too long.", code="script-limit")
        try:
            return self._compiled(text)
        except Trouble as trouble:
            raise ScriptFault(trouble.sentence, line=trouble.line, code=trouble.code) from None
        except (RecursionError, MemoryError, SyntaxError, ValueError, TemplateError):
            raise ScriptFault("The script is too complicated.", code="script-limit") from None

    def _compile(self, text: str) -> Compiled:
        template = parse(text, self.syntax, self.limits.tokens)
        names = read_by(template)
        root, lines = self._environment.root(template)
        return Compiled(root, names, lines)


def _spoken(error: Exception, line: int) -> ScriptFault:
    if isinstance(error, (RecursionError, MemoryError, OverflowError)):
        return ScriptFault(
            "The script works with something too big.", line=line, code=OverLimit.code
        )
    return ScriptFault("Something here is used with a value of the wrong kind.", line=line)


def _line(traceback: TracebackType | None, lines: list[tuple[int, int]]) -> int:
    python = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == FILENAME:
            python = traceback.tb_lineno
        traceback = traceback.tb_next
    place = bisect_right(lines, (python, 1 << 30)) - 1
    return lines[place][1] if python and place >= 0 else 0


def _clean(output: str) -> str:
    """Bytes that are no text have no place in output: they become U+FFFD."""
    if output.isascii():
        return output
    try:
        output.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", output)
    return output
