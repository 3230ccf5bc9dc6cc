"""What a package may reach once it is imported: shown before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from factotum.auth.scheme import host_of
from factotum.bots.actions.unavailable import shown
from factotum.packages.built import Built
from factotum.packages.providers import SERVICE, scopes

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reach:
    """What accounts and behaviors of a package get at.

    ``hosts`` its accounts may sign for, ``scopes`` it asks for when linked, ``calls`` the hosts its
    behaviors name, ``actions`` what its behaviors do.
    """

    hosts: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, list[str]]:
        """For the API and pages."""
        return {
            "hosts": list(self.hosts),
            "scopes": list(self.scopes),
            "calls": list(self.calls),
            "actions": list(self.actions),
        }


def reach_of(records: Iterable[Built]) -> Reach:
    """What these records may reach together."""
    hosts: list[str] = []
    wanted: list[str] = []
    calls: list[str] = []
    actions: list[str] = []
    for record in records:
        if record.draft.type.key == SERVICE:
            hosts += record.values.get("hosts") or []
            wanted += scopes(record.values.get("params") or {})
        elif record.draft.type.key == "behavior":
            for action in _actions(record.values.get("nodes")):
                actions.append(shown(str(action["action"])))
                calls += _hosts(action.get("http_url"))
    return Reach(*(tuple(dict.fromkeys(each)) for each in (hosts, wanted, calls, actions)))


def _actions(nodes: Any) -> Iterator[dict[str, Any]]:
    if isinstance(nodes, dict):
        if "action" in nodes:
            yield nodes
        nodes = list(nodes.values())
    if isinstance(nodes, list):
        for node in nodes:
            yield from _actions(node)


def _hosts(url: Any) -> list[str]:
    return [host_of(address) for address in _ADDRESS.findall(str(url or ""))]
