"""What is known of a service's limits and prices: a JSON file a service in ``services/``.

A file names the hosts it is for, the endpoint families (method and path template), the headers that
tell of windows, what its refusals mean, and prices. To know another service is one more file.

>>> x = rules_for("api.twitter.com")
>>> x.name, x.family("GET", "/2/users/2244994945/mentions")
('X', 'GET /2/users/:id/mentions')
>>> rules_for("api.example.com").family("GET", "/v1/orders/81")
'GET /v1/orders/:id'
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "services"
LONGEST_FAMILY = 160
ANSWER = "answer"
"""The code of what looks like a refusal for want of room and is an answer like any other."""
CODES = frozenset({"rate-limited", "day-limit", "month-cap", "out-of-credits", ANSWER})

SLACK = 60.0
"""Seconds that a window may seem to last longer than it does: clocks differ, services round."""

_IS_ID = re.compile(r"\d+|[0-9a-fA-F-]{16,}|.{40,}|.*\d{5,}.*")


@dataclass(frozen=True, slots=True)
class Pattern:
    """``GET /2/users/:id``: a method (``*`` any) and path segments; a last ``*`` takes what follows."""

    text: str
    method: str
    segments: tuple[str, ...]
    is_open: bool

    @classmethod
    def read(cls, text: str) -> Pattern:
        """``POST /2/tweets`` and its like."""
        method, _, path = text.partition(" ")
        segments = _segments(path)
        is_open = bool(segments) and segments[-1] == "*"
        return cls(text, method.upper(), segments[:-1] if is_open else segments, is_open)

    def matches(self, method: str, segments: Sequence[str]) -> bool:
        """Whether a request with this method and these path segments is meant."""
        if self.method not in {"*", method}:
            return False
        more = len(segments) - len(self.segments)
        if more < 0 or (more > 0) != self.is_open:
            return bool(self.is_open and not self.segments)
        pairs = zip(self.segments, segments, strict=False)
        return all(wanted.startswith(":") or wanted == given for wanted, given in pairs)

    @property
    def weight(self) -> tuple[bool, int, int]:
        """Of several that match, the one with the most literal segments is meant."""
        literal = sum(not segment.startswith(":") for segment in self.segments)
        return not self.is_open, literal, len(self.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule:
    """The headers of one window. ``scope`` is whose it is: ``account``, or ``app`` (the service's).

    ``code`` is what being out of it means; ``family`` names a header that names the family.
    ``seconds`` is how long it lasts, 0 where nobody says it, and ``spans`` how long those of the
    families named there last.
    """

    name: str
    limit: str
    remaining: str
    reset: str
    scope: str = "account"
    code: str = "rate-limited"
    family: str = ""
    seconds: float = 0.0
    spans: Mapping[str, float] = field(default_factory=dict)

    def label(self, family: str, left: float) -> str:
        """How long a window of this family lasts, in words; "" where that is not known.

        ``left`` seconds are left of it: where they are more than it should have, the service has
        another length in mind than we know.
        """
        seconds = self.spans.get(family, self.seconds)
        return span(seconds) if left <= seconds + SLACK and seconds else ""


@lru_cache(maxsize=256)
def span(seconds: float) -> str:
    """A window's length in words.

    >>> span(900), span(3600), span(86400), span(90)
    ('15 minutes', '1 hour', '24 hours', '90 seconds')
    """
    units = ((3600, "hour"), (60, "minute"), (1, "second"))
    size, name = next((each for each in units if not seconds % each[0]), units[-1])
    count = int(seconds // size)
    return f"{count} {name}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRule:
    """What an answer with this status means where its body has one of ``has`` and one of ``and_``.

    ``empty`` asks instead that the window of that name has nothing left. ``whole`` concerns every
    request of the account, not only that family; ``seconds`` is how long where nothing says it.
    """

    status: tuple[int, ...]
    code: str
    has: tuple[str, ...] = ()
    and_: tuple[str, ...] = ()
    empty: str = ""
    scope: str = "account"
    whole: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Family:
    """Requests that share their windows."""

    name: str
    pattern: Pattern


@dataclass(frozen=True)
class Rules:
    """One service's file. ``prices`` are as ``budgets.prices`` reads them."""

    name: str
    hosts: tuple[str, ...]
    families: tuple[Family, ...] = ()
    windows: tuple[WindowRule, ...] = ()
    refusals: tuple[RefusalRule, ...] = ()
    prices: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def host(self, host: str) -> str:
        """The name under which all hosts of one service share their windows."""
        return host if self.hosts[0] == "*" else self.hosts[0]

    def family(self, method: str, path: str) -> str:
        """The family of a request; where the file names none, its path with ids left out."""
        return _family(self, method.upper(), path)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@lru_cache(maxsize=4096)
def _family(rules: Rules, method: str, path: str) -> str:
    segments = _segments(path)
    found = [family for family in rules.families if family.pattern.matches(method, segments)]
    if found:
        return max(found, key=lambda family: family.pattern.weight).name
    named = "/".join(
        ":id" if place and _IS_ID.fullmatch(segment) else segment
        for place, segment in enumerate(segments)  # the first is a version, as in /2/users
    )
    return f"{method} /{named}"[:LONGEST_FAMILY]


def _segments(path: str) -> tuple[str, ...]:
    return tuple(segment for segment in path.partition("?")[0].split("/") if segment)


@lru_cache(maxsize=1024)
def rules_for(host: str) -> Rules:
    """The rules of the service at this host (a port is ignored), else those for any."""
    bare = host.lower().partition(":")[0]
    for rules in all_rules():
        if bare in rules.hosts:
            return rules
    return generic()


@cache
def all_rules() -> tuple[Rules, ...]:
    """Every file but the one for any host."""
    files = sorted(FOLDER.glob("*.json"))
    return tuple(read(json.loads(file.read_text())) for file in files if file.stem != "generic")


@cache
def generic() -> Rules:
    """What holds for any service."""
    return read(json.loads((FOLDER / "generic.json").read_text()))


def read(document: Mapping[str, Any]) -> Rules:
    """A file as rules; ValueError where it is faulty."""
    refusals = tuple(_refusal(each) for each in document.get("refusals", ()))
    unknown = {rule.code for rule in refusals} - CODES
    if unknown:
        raise ValueError(f"{document['name']}: no code is called {', '.join(sorted(unknown))}.")
    return Rules(
        name=document["name"],
        hosts=tuple(document["hosts"]),
        families=tuple(_read_family(each) for each in document.get("families", ())),
        windows=tuple(WindowRule(**each) for each in document.get("windows", ())),
        refusals=refusals,
        prices=tuple(document.get("prices", ())),
    )


def _read_family(entry: str | Mapping[str, str]) -> Family:
    if isinstance(entry, str):
        return Family(entry, Pattern.read(entry))
    return Family(entry["name"], Pattern.read(entry["request"]))


def _refusal(entry: Mapping[str, Any]) -> RefusalRule:
    lists = {"status": (), "has": (), "and": ()}
    given = {key: value for key, value in entry.items() if key not in lists}
    status, has, and_ = (tuple(entry.get(key, ())) for key in lists)
    return RefusalRule(
        status=status,
        has=tuple(text.lower() for text in has),
        and_=tuple(text.lower() for text in and_),
        **given,
    )
