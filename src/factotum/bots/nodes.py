"""The nodes of a behavior's tree, as read from its JSON. All are immutable values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

LIVE, DISABLED, SIMULATOR = "live", "disabled", "simulator"
STATUSES = (LIVE, DISABLED, SIMULATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node has. ``at`` is its place in the tree: ``1.0.2`` counts children from 0."""

    type: ClassVar[str] = ""

    title: str = ""
    status: str = LIVE
    at: str = ""
    nodes: Sequence[Node] = ()

    def runs(self, *, simulate: bool) -> bool:
        """Whether this subtree is entered: disabled never, simulator only when simulating."""
        return self.status == LIVE or (simulate and self.status == SIMULATOR)


@dataclass(frozen=True, slots=True)
class Step:
    """One action of an action node: its id and all its params (``action`` left out)."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Node):
    """Does its steps in order, then its children."""

    type: ClassVar[str] = "action"

    steps: Sequence[Step] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a group: its id and its operands (``oper``, ``value`` …)."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which ``any`` needs one, else all."""

    any: bool = False
    conditions: Sequence[Condition] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Node):
    """A branch of a switch; passes when all its groups do."""

    type: ClassVar[str] = "outcome"

    groups: Sequence[Group] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Node):
    """Runs the first of its outcomes that passes."""

    type: ClassVar[str] = "switch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop(Node):
    """Does its children once per item of a JSON list or object."""

    type: ClassVar[str] = "loop"

    foreach_json: str = ""
    as_placeholder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subroutine(Node):
    """Does its children only when ``_run_subroutine`` names it."""

    type: ClassVar[str] = "subroutine"


TYPES: Mapping[str, type[Node]] = {
    node.type: node for node in (Action, Switch, Outcome, Loop, Subroutine)
}


def every(nodes: Sequence[Node]) -> Iterator[Node]:
    """All nodes of a tree, parents before children."""
    for node in nodes:
        yield node
        yield from every(node.nodes)


def json_path(at: str) -> str:
    """``1.0`` → ``nodes[1].nodes[0]``, where a node stands in its behavior's JSON."""
    return ".".join(f"nodes[{index}]" for index in at.split("."))
