"""The chat's menu at a point of the pages, and the start of an interaction chosen from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.trigger import Trigger, triggers, worker
from factotum.core.fields import Fields, LongText


@triggers.add("event.interactions.get.worker")
class GetInteractions(Trigger):
    """Payload: ``point`` (``global``, ``record:task:5``), ``point_params``, ``worker_id``."""

    key = "event.interactions.get.worker"
    label = "Conversation get interactions for worker"
    fields: ClassVar[Fields] = Fields(
        LongText(key="listen_points", label="Points", help="One a line; * stands for anything.")
    )
    placeholders = ("point", "point_params", "worker_id")

    def values(self, payload: Mapping[str, Any], _behavior: Behavior, /) -> dict[str, Any]:
        """The point, and who looks at the menu."""
        return {
            **worker(payload),
            "point": payload.get("point") or "global",
            "point_params": payload.get("point_params") or {},
        }


def listens(behavior: Behavior, point: str) -> bool:
    """Whether a behavior offers something at this point."""
    if behavior.event.key != GetInteractions.key:
        return False
    lines = str(behavior.event.params.get("listen_points") or "").splitlines()
    return any(_is_at(line.strip(), point) for line in lines if line.strip())


def _is_at(pattern: str, point: str) -> bool:
    parts = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(parts, point, re.IGNORECASE) is not None


@triggers.add("event.interaction.chat.worker")
class HandleInteraction(Trigger):
    """Payload: ``interaction``, ``interaction_params``, ``worker_id``."""

    key = "event.interaction.chat.worker"
    label = "Conversation handle interaction with worker"
    placeholders = (
        "interaction",
        "interaction_params",
        "interaction_bot_name",
        "client_url",
        "worker_id",
    )

    def values(self, payload: Mapping[str, Any], behavior: Behavior, /) -> dict[str, Any]:
        """What was chosen, and by whom."""
        return {
            **worker(payload),
            "interaction": payload.get("interaction") or "",
            "interaction_params": payload.get("interaction_params") or {},
            "interaction_bot_name": payload.get("interaction_bot_name") or behavior.bot.name,
            "client_url": payload.get("client_url") or "",
        }
