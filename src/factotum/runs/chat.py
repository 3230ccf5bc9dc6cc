"""Performs what a walk says and shows in a chat."""

from __future__ import annotations

from factotum.bots.effects import CloseWindow, Offer, OpenWorklist, Say, SetBotName
from factotum.core.errors import BehaviorFault
from factotum.runs.context import RunContext
from factotum.runs.turn import Turn


def turn_of(context: RunContext) -> Turn:
    """The turn this run belongs to; BehaviorFault where it is no chat."""
    if context.turn is None:
        raise BehaviorFault("This can be done only in a chat.", code="needs-chat")
    return context.turn


async def say(effect: Say, context: RunContext) -> None:
    """In a run without a chat what is said stands in the journal only."""
    turn, text = context.turn, context.journal.mask(effect.message)
    if turn is None:
        return
    if effect.is_fault:
        turn.fault(text)
    else:
        turn.bot(text, format=effect.format, delay_ms=effect.delay_ms)


async def close(_effect: CloseWindow, context: RunContext) -> None:
    """Close the chat's window."""
    turn_of(context).close()


async def rename(effect: SetBotName, context: RunContext) -> None:
    """Give the bot another name in this chat."""
    turn_of(context).rename(effect.name)


async def open_worklist(effect: OpenWorklist, context: RunContext) -> None:
    """Show a list of records."""
    turn_of(context).bot("", worklist={"type": effect.type, "query": effect.query})


async def offer(_effect: Offer, _context: RunContext) -> None:
    """Menu entries are gathered by whoever asked for the menu."""
