"""A bot: what it may do and whose rights it has; its behaviors are records of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from factotum.core.fields import Fields, Flag, Json, LongText, Text
from factotum.records.ownership import OWNER_ID, OWNER_TYPE
from factotum.records.record_type import RecordType, record_types

MODES = ("all", "allow", "deny")


@record_types.add("bot")
class Bot(RecordType):
    """``events`` and ``actions`` are ``{"mode": "all"|"allow"|"deny", "items": [ids]}``.

    ``config`` is readable in scripts as ``behavior_bot_config``; ``image`` is a data URI.
    """

    key: ClassVar[str] = "bot"
    full_id: ClassVar[str] = "cerberusweb.contexts.bot"
    label: ClassVar[str] = "Bot"
    plural: ClassVar[str] = "Bots"
    aliases: ClassVar[tuple[str, ...]] = ("bots", "virtual_attendant")
    has_owner: ClassVar[bool] = True
    inside: ClassVar[Mapping[str, frozenset[str]]] = {"config": frozenset()}
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name", required=True),
        Text(key="uri", label="URI", help="A short name for scripts and the command line."),
        OWNER_TYPE,
        OWNER_ID,
        Flag(key="is_disabled", label="Disabled"),
        Json(key="config", label="Configuration"),
        Json(key="events", label="Events", default={"mode": "all", "items": []}),
        Json(key="actions", label="Actions", default={"mode": "all", "items": []}),
        LongText(key="image", label="Picture"),
    )
    words: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "name": "name",
        "uri": "uri",
        "owner": "owner__context",
        "owner.id": "owner_id",
        "isDisabled": "is_disabled",
    }

    @classmethod
    def faults(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """Also the shape of the two rules."""
        found = super().faults(values)
        for key in ("events", "actions"):
            if key not in found and not _is_rule(values.get(key)):
                found[key] = (
                    f'{cls.fields[key].label} must be {{"mode": "all", "allow" or "deny", '
                    '"items": [ids]}.'
                )
        return found


def _is_rule(rule: Any) -> bool:
    if not rule:
        return True
    if not isinstance(rule, Mapping) or rule.get("mode", "all") not in MODES:
        return False
    items = rule.get("items") or []
    return isinstance(items, list) and all(isinstance(item, str) for item in items)
