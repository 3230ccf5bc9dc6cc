"""One rendering: its variables, clock, randomness, and what it has used of its limits."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from time import monotonic
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from factotum.scripting.faults import OverLimit, Trouble
from factotum.scripting.values import pairs

if TYPE_CHECKING:
    from factotum.scripting.limits import Limits

_TOO_BIG = "The script makes a text that is too long."
_TOO_SLOW = "The script takes too long."
_LONG = 1000
_ITEM = 16
Macro = Callable[..., str]


class Buffer:
    """Where output goes; counts it."""

    __slots__ = ("left", "parts")

    def __init__(self, limit: int) -> None:
        self.parts: list[str] = []
        self.left = limit

    def add(self, part: str) -> None:
        """Append; raises OverLimit beyond the limit."""
        self.left -= len(part)
        if self.left < 0:
            raise OverLimit(_TOO_BIG)
        self.parts.append(part)

    def text(self) -> str:
        """All of it."""
        return "".join(self.parts)


class Run:
    """State of one rendering; compiled scripts and everything they call get it as ``run``."""

    __slots__ = (
        "_deadline",
        "_depth",
        "_left",
        "_random",
        "_seed",
        "_total",
        "_zone",
        "limits",
        "macros",
        "now",
        "timezone",
        "values",
        "variables",
    )  # fmt: skip

    def __init__(
        self, values: Mapping[str, Any], limits: Limits, now: datetime, seed: int, timezone: str
    ) -> None:
        self.values, self.limits, self.now, self.timezone = values, limits, now, timezone
        self.variables: dict[str, Any] = {}
        self.macros: dict[str, Macro] = {}
        self._deadline = monotonic() + limits.seconds
        self._left, self._total, self._depth = limits.visits, limits.total, 0
        self._seed = seed
        self._random: random.Random | None = None
        self._zone: tzinfo | None = None

    # Variables

    def read(self, name: str) -> Any:
        """A variable, else a placeholder, else null."""
        variables = self.variables
        if name in variables:
            return variables[name]
        try:
            return self.values[name]
        except KeyError:
            return None

    def knows(self, name: str) -> bool:
        """``is defined``."""
        return name in self.variables or name in self.values

    def rounds(self, rows: Any, key: str, name: str, *, loop: bool) -> Iterator[None]:
        """Go through a list or map, setting the loop's variables; what it newly set goes after.

        A variable that was there before keeps what the loop gave it, as in Twig.
        """
        variables = self.variables
        before = dict(variables)
        outer = self.read("loop") if loop else None
        found = pairs(rows)
        for place, (item_key, item) in enumerate(found):
            self.tick()
            if key:
                variables[key] = item_key
            variables[name] = item
            if loop:
                variables["loop"] = _loop(place, len(found), outer)
            yield
        for one in (key, name, "loop"):
            variables.pop(one, None)
            if one in before:
                variables[one] = before[one]
        for one in [one for one in variables if one not in before and one not in self.values]:
            del variables[one]

    def scope(self, extra: Any, *, only: bool = False) -> tuple[dict[str, Any], Mapping[str, Any]]:
        """Begin a scope of its own; give what is returned to ``leave``."""
        saved = self.variables, self.values
        self.variables = {} if only else dict(self.variables)
        if only:
            self.values = {}
        self.variables.update({str(key): value for key, value in pairs(extra)})
        return saved

    def leave(self, saved: tuple[dict[str, Any], Mapping[str, Any]]) -> None:
        """End the scope that ``scope`` began."""
        self.variables, self.values = saved

    def macro(self, name: str, *args: Any, **named: Any) -> str:
        """Call a macro of this script; it sees only its arguments."""
        with self.deeper():
            return self.macros[name](*args, **named)

    # Limits

    def tick(self) -> None:
        """Raise OverLimit when time is up."""
        if monotonic() > self._deadline:
            raise OverLimit(_TOO_SLOW)

    def made(self, value: Any) -> Any:
        """Pass on what a filter, function or block made, counting long ones; a tick too."""
        if monotonic() > self._deadline:
            raise OverLimit(_TOO_SLOW)
        kind = type(value)
        if (kind is str or kind is list or kind is dict) and len(value) > _LONG:
            self._total -= len(value) if kind is str else len(value) * _ITEM
            if self._total < 0:
                raise OverLimit("The script makes too much on its way.")
        return value

    def seconds_left(self) -> float:
        """For what can take a time limit itself; at least a little."""
        self.tick()
        return max(self._deadline - monotonic(), 0.01)

    def visit(self, count: int = 1) -> None:
        """Note items looked at by deep work."""
        self._left -= count
        if self._left < 0:
            raise OverLimit("The script works on too many items.")
        if not self._left & 0x3FF:
            self.tick()

    @contextmanager
    def deeper(self) -> Generator[None]:
        """A level further into macros or values."""
        self.down()
        yield
        self.up()

    def down(self) -> None:
        """The same for what comes here often: ``up`` has to follow, unless the script ends."""
        self._depth += 1
        if self._depth > self.limits.depth:
            raise OverLimit("The script nests macros or values too deeply.")

    def up(self) -> None:
        """Back from where ``down`` led."""
        self._depth -= 1

    def fits(self, length: float, *, items: bool = False) -> None:
        """Refuse to make a text (or a list) of that length."""
        if items and length > self.limits.items:
            raise OverLimit(f"A list is longer than {self.limits.items} items.")
        if not items and length > self.limits.characters:
            raise OverLimit(_TOO_BIG)

    def buffer(self) -> Buffer:
        """A new place for output."""
        self.tick()
        return Buffer(self.limits.characters)

    # What a script may know of the world

    @property
    def random(self) -> random.Random:
        """Seeded, so that a replay renders the same."""
        if self._random is None:
            self._random = random.Random(self._seed)
        return self._random

    @property
    def zone(self) -> tzinfo:
        """The time zone of dates without one."""
        if self._zone is None:
            self._zone = zone_named(self.timezone)
        return self._zone


def zone_named(name: str) -> tzinfo:
    """A time zone by its IANA name; raises Trouble for an unknown one."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise Trouble(f'There is no time zone "{name[:60]}".') from None


def _loop(place: int, length: int, outer: Any) -> dict[str, Any]:
    return {
        "index": place + 1,
        "index0": place,
        "revindex": length - place,
        "revindex0": length - place - 1,
        "first": place == 0,
        "last": place == length - 1,
        "length": length,
        "parent": {"loop": outer},
    }
