"""What a behavior may do: its bot's rules, enforced while it runs."""

from __future__ import annotations

from factotum.bots.behavior import Behavior
from factotum.core.errors import BehaviorFault


def may_run(behavior: Behavior) -> None:
    """BehaviorFault where the behavior or its bot is off, or the bot may not react to the event."""
    bot = behavior.bot
    if behavior.is_disabled or bot.is_disabled:
        name = behavior.title if behavior.is_disabled else f"The bot {bot.name}"
        raise BehaviorFault(f"{name} is disabled. Enable it to run it.", code="disabled")
    if not bot.events.permits(behavior.event.key):
        raise BehaviorFault(
            f"The bot {bot.name} may not react to {behavior.event.key}. "
            "Allow the event on the bot's card.",
            code="event-not-allowed",
        )


def may_act(behavior: Behavior, key: str) -> None:
    """BehaviorFault where the bot may not use this action."""
    bot = behavior.bot
    if not bot.may_act(key):
        raise BehaviorFault(
            f"The bot {bot.name} may not use the action {key}. Allow it on the bot's card.",
            code="action-not-allowed",
        )
