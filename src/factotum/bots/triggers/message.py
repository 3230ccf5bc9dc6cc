"""A message in a chat with a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.interactions import HandleInteraction
from factotum.bots.triggers.trigger import Trigger, triggers


@triggers.add("event.message.chat.worker")
class ChatMessage(Trigger):
    """Payload: that of the interaction, and ``message`` ("" when the conversation begins)."""

    key = "event.message.chat.worker"
    label = "Conversation with worker"
    placeholders = ("message", *HandleInteraction.placeholders)

    def values(self, payload: Mapping[str, Any], behavior: Behavior, /) -> dict[str, Any]:
        """The message, who wrote it, and what the conversation is about."""
        about = HandleInteraction().values(payload, behavior)
        return {**about, "message": payload.get("message") or ""}
