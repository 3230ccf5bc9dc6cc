"""Finds the trigger of an event."""

from __future__ import annotations

from factotum.bots.triggers.macro_record import of_type
from factotum.bots.triggers.trigger import MACRO, Trigger, triggers

_loaded = False


def load_triggers() -> None:
    """Import every trigger of this folder and of installed plug-ins, once."""
    global _loaded  # noqa: PLW0603 - importing is done once per process
    if not _loaded:
        triggers.find_in("factotum.bots.triggers")
        triggers.find_entry_points("factotum.triggers")
        _loaded = True


def trigger_for(key: str) -> Trigger | None:
    """The trigger for an event's key, or None; ``event.macro.task`` is one for every record type."""
    load_triggers()
    trigger = triggers.find(key)
    if trigger is not None:
        return trigger()
    if key.startswith(MACRO):
        return of_type(key.removeprefix(MACRO))
    return None
