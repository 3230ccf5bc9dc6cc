"""The time zone in which a behavior reads and writes dates that name none."""

from __future__ import annotations

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.lookup import trigger_for
from factotum.core.zones import is_zone


def zone_of(behavior: Behavior, usual: str) -> str:
    """Of a schedule its own, else that of the person who owns its bot, else the usual one."""
    trigger = trigger_for(behavior.event.key)
    has_own = trigger is not None and "timezone" in trigger.fields
    named = behavior.event.params.get("timezone") if has_own else behavior.bot.timezone
    zone = str(named or "").strip()
    return zone if zone and is_zone(zone) else usual
