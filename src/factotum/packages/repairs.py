"""Names that published packages get wrong, understood all the same and reported.

Both kinds are in packages that people import: ``{{{behavior_19}}}`` where ``{{{uid.behavior_19}}}``
is meant, and ``"behavior_id": "23"``, the id that the behavior had where the package was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factotum.packages.decoding import join
from factotum.packages.shape import is_id


@dataclass(frozen=True, slots=True)
class Repair:
    """What was understood, and where."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class UidRef:
    """Stands in unfilled values for the id that this uid gets."""

    uid: str


def bare_uid(path: str, name: str) -> Repair:
    """A template names a uid without ``uid.`` before it."""
    return Repair(path, f"{name!r} is taken as the uid: {{{{{{uid.{name}}}}}}}.")


def several_ids(path: str, name: str) -> Repair:
    """A template prints the answer to a chooser that takes several records."""
    return Repair(path, f"{name!r} may be several records; their ids stand here.")


def with_own_behaviors(value: Any, path: str, siblings: frozenset[str], found: list[Repair]) -> Any:
    """The value with every literal ``behavior_id`` that means a sibling turned into its uid.

    ``siblings`` are the uids of the same bot's behaviors. Ids are an installation's own, so one
    that fits a sibling's uid means that sibling, whatever has this id here.
    """
    if isinstance(value, list):
        return [
            with_own_behaviors(item, join(path, index), siblings, found)
            for index, item in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    return dict(_repaired(value, path, siblings, found))


def _repaired(
    value: Mapping[str, Any], path: str, siblings: frozenset[str], found: list[Repair]
) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        uid = f"behavior_{item}" if key == "behavior_id" and is_id(item) else ""
        if uid in siblings:
            sentence = f"{item!r} is taken as this bot's own behavior with the uid {uid!r}."
            found.append(Repair(join(path, key), sentence))
            yield key, UidRef(uid)
        else:
            yield key, with_own_behaviors(item, join(path, key), siblings, found)
