"""Custom behavior on a bot: run by hand, by another behavior or by a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.trigger import Trigger, triggers


@triggers.add("event.macro.bot", "event.macro.virtual_attendant")
class BotMacro(Trigger):
    """``va_id`` and ``va_name`` are the bot's."""

    key = "event.macro.bot"
    label = "Custom behavior on bot"
    placeholders = ("va_id", "va_name")

    def values(self, _payload: Mapping[str, Any], behavior: Behavior, /) -> dict[str, Any]:
        """The bot itself; the payload says nothing more."""
        bot = behavior.bot
        return {
            "va__context": "cerberusweb.contexts.bot",
            "va__label": bot.name,
            "va_id": bot.id,
            "va_name": bot.name,
        }
