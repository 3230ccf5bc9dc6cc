"""The dictionary of placeholders that the scripts of one behavior read and its actions set.

A pair ``<p>__context`` and ``<p>_id`` stands for a record, whose fields are read as ``<p>_FIELD``
(``worker_first_name``). They are loaded when first read: the look-up raises NeedsRecord, the
interpreter loads the record and renders the script again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.record_names import as_scripts_read, type_of
from factotum.core.values import Ref
from factotum.scripting.faults import NeedsRecord

_ID = re.compile(r"\s*(\d{1,3}(?:,\d{3}){1,5}|\d{1,18})\s*", re.ASCII)


def ref_to(context: Any, id: Any) -> Ref | None:
    """The record that a context (``worker`` or ``cerberusweb.contexts.worker``) and an id name.

    An id may have separators (``1,024``), as ``{{message|number_format}}`` makes them.
    """
    match = _ID.fullmatch(str(id))
    if not context or match is None or not int(match[1].replace(",", "")):
        return None
    return Ref(type_of(str(context)), int(match[1].replace(",", "")))


class Scope(MutableMapping[str, Any]):
    """Placeholders by name; undefined ones raise KeyError, which scripts take as empty.

    Every name that is read is noted in ``reads``, and ``origins`` keeps which services' answers a
    placeholder was made from: so the walk knows whether anything looked at a failed answer.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)
        self._records: dict[str, tuple[Ref, Mapping[str, Any]]] = {}
        self.reads: set[str] = set()
        self.origins: dict[str, frozenset[int]] = {}

    def __getitem__(self, name: str) -> Any:
        self.reads.add(name)
        if name in self._values:
            return self._values[name]
        for prefix in _prefixes(name):
            if self.ref(prefix) is not None:
                return self._field(prefix, name)
        raise KeyError(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self._values[name] = value
        self.origins.pop(name, None)

    def __delitem__(self, name: str) -> None:
        self._values.pop(name, None)
        self.origins.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except NeedsRecord:
            return True
        except KeyError:
            return False
        return True

    def ref(self, prefix: str) -> Ref | None:
        """The record at a prefix (``worker_``), or None."""
        return ref_to(self._known(f"{prefix}_context"), self._known(f"{prefix}id"))

    def load(self, prefix: str, record: Mapping[str, Any]) -> None:
        """Keep the fields of the record at this prefix."""
        ref = self.ref(prefix)
        if ref is not None:
            self._records[prefix] = ref, as_scripts_read(ref.type, record)

    def final(self) -> dict[str, Any]:
        """What a run ends with: all that is set, without the fields of loaded records."""
        return dict(self._values)

    def _field(self, prefix: str, name: str) -> Any:
        kept = self._records.get(prefix)
        if kept is None or kept[0] != self.ref(prefix):
            raise NeedsRecord(prefix)
        return kept[1][name.removeprefix(prefix)]

    def _known(self, name: str) -> Any:
        """A value that is here without loading anything, or None."""
        if name in self._values:
            return self._values[name]
        for prefix in _prefixes(name):
            kept = self._records.get(prefix)
            if kept is not None and name.removeprefix(prefix) in kept[1]:
                return kept[1][name.removeprefix(prefix)]
        return None


def _prefixes(name: str) -> Iterator[str]:
    """``a_b_c`` → ``a_b_``, ``a_``: longer ones first; ``worker__label`` → ``worker_``."""
    end = len(name)
    while (end := name.rfind("_", 1, end)) > 0:
        yield name[: end + 1]


def of_behavior(behavior: Behavior) -> dict[str, Any]:
    """The placeholders that tell which behavior and which bot this is."""
    bot = behavior.bot
    return {
        "behavior__context": "cerberusweb.contexts.behavior",
        "behavior__label": behavior.title,
        "behavior_id": behavior.id,
        "behavior_name": behavior.title,
        "behavior_title": behavior.title,
        "behavior_event_point": behavior.event.key,
        "behavior_is_disabled": int(behavior.is_disabled),
        "behavior_is_private": int(behavior.is_private),
        "behavior_bot__context": "cerberusweb.contexts.bot",
        "behavior_bot__label": bot.name,
        "behavior_bot_id": bot.id,
        "behavior_bot_name": bot.name,
        "behavior_bot_config": dict(bot.config),
        "behavior_bot_owner__context": f"cerberusweb.contexts.{bot.owner.type}",
        "behavior_bot_owner_id": bot.owner.id,
    }
