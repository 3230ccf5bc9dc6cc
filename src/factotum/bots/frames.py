"""What a walk is given and what it stands in: scripts, limits, frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from factotum.bots.behavior import Behavior
from factotum.bots.scope import Scope


class Scripts(Protocol):
    """What renders scripts; ``factotum.scripting.Scripts`` does."""

    def render(
        self,
        text: str,
        values: Mapping[str, Any],
        *,
        now: datetime,
        seed: int,
        timezone: str,
        keeps_bytes: bool = False,
    ) -> str:
        """The script's output; ScriptFault for a faulty one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Against behaviors that run away.

    ``steps`` counts nodes, rounds and actions between two answers of a person; ``depth`` counts
    nodes, behaviors and subroutines inside each other.
    """

    steps: int = 20_000
    depth: int = 80


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Frame:
    """One behavior on the stack. ``prefix`` stands before the paths of its nodes."""

    behavior: Behavior
    scope: Scope
    prefix: str = ""
    stack: frozenset[int] = frozenset()

    def path(self, at: str) -> str:
        """The path of effects at this place."""
        return f"{self.prefix}{at}"

    def inside(self, path: str, separator: str = "/") -> Frame:
        """The same behavior, walked from inside a place (a subroutine's call, a loop's round)."""
        return replace(self, prefix=f"{path}{separator}")
