"""Two walks of a behavior beside each other: which way they went, and what they asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factotum.runs.replaying import Way

COMPARED = ("method", "url", "body")


@dataclass(frozen=True, slots=True)
class DecisionPair:
    """A node, and how the walk left it: ok, passed, not-passed, skipped; "" where it never came."""

    path: str
    title: str
    then: str
    now: str

    @property
    def is_same(self) -> bool:
        """Whether it went the same way."""
        return self.then == self.now


@dataclass(frozen=True, slots=True)
class RequestPair:
    """A request as it was and as it would be: ``{method, url, body}``, None where there is none."""

    path: str
    then: Mapping[str, Any] | None
    now: Mapping[str, Any] | None

    @property
    def state(self) -> str:
        """same, changed, missing (not asked for any more) or new."""
        if self.then is None:
            return "new"
        if self.now is None:
            return "missing"
        return "same" if self.then == self.now else "changed"


def decisions(then: Way, now: Way) -> list[DecisionPair]:
    """Every node that either came to, in the order of the walks."""
    pairs = []
    for path in merged(then.decisions, now.decisions):
        was, would = then.decisions.get(path), now.decisions.get(path)
        title = would.title if would else was.title if was else ""
        pairs.append(
            DecisionPair(path, title, was.status if was else "", would.status if would else "")
        )
    return pairs


def requests(then: Way, now: Way) -> list[RequestPair]:
    """Every request that either asked for, in the order of the walks."""
    return [
        RequestPair(path, _compared(then.requests.get(path)), _compared(now.requests.get(path)))
        for path in merged(then.requests, now.requests)
    ]


def _compared(request: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if request is None else {key: request.get(key, "") for key in COMPARED}


def merged(first: Iterable[str], second: Iterable[str]) -> Iterator[str]:
    """Both orders as one, each item once.

    >>> list(merged(["a", "b", "d"], ["a", "c", "d", "e"]))
    ['a', 'c', 'b', 'd', 'e']
    """
    left = deque(first)
    known, told = set(left), set[str]()
    for item in second:
        if item in known and item not in told:
            while left[0] != item:
                told.add(left[0])
                yield left.popleft()
            left.popleft()
        if item not in told:
            told.add(item)
            yield item
    yield from left
