"""Ids in exported values: turned into uids of the package, or into prompts for records outside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factotum.core.ports import Store
from factotum.core.values import Record, Ref
from factotum.packages.shape import is_id
from factotum.packages.templates import literal
from factotum.records.record_type import named, record_types

POINTERS: Mapping[str, str] = {
    "behavior_id": "behavior",
    "bot_id": "bot",
    "service_id": "connected_service",
    "auth_connected_account_id": "connected_account",
    "connected_account_id": "connected_account",
    "worker_id": "worker",
}
"""Keys whose values are ids, and of what."""

_LINK = re.compile(r"([a-z_.]+):(\d+)\Z")


@dataclass(slots=True)
class References:
    """Knows the uids of the exported records and collects the prompts for the others."""

    store: Store
    uids: Mapping[Ref, str]
    prompts: dict[str, dict[str, Any]] = field(default_factory=dict)
    placeholders: dict[str, dict[str, Any]] = field(default_factory=dict)

    def written(self, value: Any, key: str = "") -> Any:
        """The value as a package has it: ids by uid or prompt, everything else to the letter."""
        if isinstance(value, Mapping):
            return {literal(each): self.written(item, each) for each, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.written(item, "links" if key == "links" else "") for item in value]
        if key == "links" and isinstance(value, str):
            return self._link(value)
        if key in POINTERS and is_id(value):
            return self.pointer(Ref(POINTERS[key], int(value)))
        return literal(value) if isinstance(value, str) else value

    def pointer(self, ref: Ref) -> str:
        """A template that gives this record's id where the package is imported."""
        if ref in self.uids:
            return f"{{{{{{uid.{self.uids[ref]}}}}}}}"
        record = self.store.get(ref)
        return f"{{{{{{{self._ask_for(record)}}}}}}}" if record else str(ref.id)

    def ask(self, key: str, label: str) -> str:
        """A template that gives a text which is asked for, such as a secret."""
        self.prompts[key] = {"type": "text", "label": label, "key": key, "params": {}}
        return f"{{{{{{{key}}}}}}}"

    def random(self, key: str, length: int) -> str:
        """A template that gives a new random code."""
        self.placeholders[key] = {"type": "random", "key": key, "params": {"length": length}}
        return f"{{{{{{{key}|lower}}}}}}"

    def _ask_for(self, record: Record) -> str:
        record_type = record_types[record.type]
        key = f"{record.type}_{record.id}_id"
        quoted = record.label.replace('"', " ")
        self.prompts[key] = {
            "type": "chooser",
            "label": f"{record_type.label} ({record.label})",
            "key": key,
            "params": {
                "context": record_type.full_id,
                "single": True,
                "query": f'name:"{quoted}"' if quoted else "",
            },
        }
        return key

    def _link(self, link: str) -> str:
        match = _LINK.match(link)
        record_type = named(match[1]) if match else None
        if match is None or record_type is None:
            return literal(link)
        return f"{record_type.key}:{self.pointer(Ref(record_type.key, int(match[2])))}"
