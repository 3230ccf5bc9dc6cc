"""Which answers of services a walk got, and whether anything in its tree looked at the failed ones.

The published Twitter Bot posts, decodes the answer and says "I created Tweet #…" whatever the
answer was. So every placeholder remembers the answers it was made from. A condition that reads such
a placeholder *looks at* the answer, and so does a script that decides by it or reads its error; a
script that only decodes it does not. A bot in a chat does not speak on past a failed answer that
nothing looked at: the failure is said instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from factotum.bots.effects import HttpResult
from factotum.bots.failures import Failure, failure_of, host_of, unreadable

_TAG = re.compile(r"\{%(.*?)%\}|\{\{(.*?)\}\}", re.DOTALL)
_IF = re.compile(r"-?\s*(?:else)?if\b")
_TERNARY = re.compile(r"(?<!\?)\?(?![?.:])")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")


@dataclass(slots=True)
class Answer:
    """One answer: from whom, what failed, and whether that is settled (looked at or told)."""

    host: str
    status: int
    failure: Failure | None
    is_settled: bool = False
    may_be_null: bool = False


class Answers:
    """All answers of one run, by number."""

    def __init__(self) -> None:
        self._all: list[Answer] = []

    def add(self, result: HttpResult) -> int:
        """Keep an answer; its number."""
        self._all.append(
            Answer(
                host=host_of(result.url),
                status=result.http_code,
                failure=failure_of(result),
                may_be_null=result.is_simulated
                or result.http_code in {0, 204, 205}
                or result.body in (None, "null"),
            )
        )
        return len(self._all) - 1

    def failure(self, number: int) -> Failure | None:
        """What failed in that answer, or None."""
        return self._all[number].failure

    def look_at(self, numbers: Iterable[int]) -> None:
        """The tree has decided something by these answers."""
        for number in numbers:
            self._all[number].is_settled = True

    def is_no_json(self, numbers: Iterable[int]) -> None:
        """These answers were to be decoded as JSON and gave nothing."""
        for number in numbers:
            answer = self._all[number]
            if answer.failure is None and not answer.may_be_null:
                answer.failure = unreadable(answer.status, answer.host)

    def tell(self) -> Failure | None:
        """The first failure that nothing looked at, or None; from then on all are told."""
        untold = [one for one in self._all if one.failure is not None and not one.is_settled]
        for answer in untold:
            answer.is_settled = True
        return untold[0].failure if untold else None


def looks_at(script: str, names: AbstractSet[str]) -> bool:
    """Whether this script decides by one of these placeholders or reads its error or status.

    >>> looks_at("{% if r.id %}Done{% endif %}", {"r"}), looks_at("{{r.body|json_pretty}}", {"r"})
    (True, False)
    >>> looks_at("{{ r.errors[0].message }}", {"r"}), looks_at("http://x/?q={{r.id}}", {"r"})
    (True, False)
    """
    return bool(names) and _looks_at(script, frozenset(names))


@lru_cache(maxsize=4096)
def _looks_at(script: str, names: frozenset[str]) -> bool:
    word = "|".join(re.escape(name) for name in sorted(names))
    mentions = re.compile(rf"(?<![\w.])(?:{word})\b")
    reads_error = re.compile(rf"(?<![\w.])(?:{word})\b[^|\s]*\b(?:errors?|http_code)\b")
    for tag in _TAG.finditer(script):
        statement, expression = tag.group(1), tag.group(2)
        inside = statement if statement is not None else expression
        if reads_error.search(inside) or (mentions.search(inside) and _decides(statement, inside)):
            return True
    return False


def _decides(statement: str | None, inside: str) -> bool:
    if statement is not None and _IF.match(statement):
        return True
    return _TERNARY.search(_QUOTED.sub("''", inside)) is not None
