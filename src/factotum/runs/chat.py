"""Performs what a walk says in a chat; one turn gathers it, and the conversation is saved at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factotum.bots.effects import Ask, CloseWindow, Offer, OpenWorklist, Say, SetBotName
from factotum.core.errors import BehaviorFault
from factotum.core.values import Moment
from factotum.runs.context import RunContext
from factotum.runs.ports import Conversation

LONGEST_MESSAGE = 20_000  # characters of one bubble


class Turn:
    """One turn of a conversation while it is walked.

    Messages are ``{"from": "bot"|"person"|"fault", "text", "format", "delay_ms", "at"}``; a list of
    records that a bot opens is ``{"from": "bot", "worklist": {"type", "query"}, …}``.
    """

    def __init__(self, conversation: Conversation, now: Moment) -> None:
        self.conversation = conversation
        self.faults: list[str] = []
        self._at = now.at.timestamp()
        self._is_open = True
        self._messages = list(conversation.messages)
        self._bot_name = str(conversation.state.get("bot_name") or "")

    def person(self, text: str) -> None:
        """What the person answered."""
        self._add("person", text)

    def fault(self, sentence: str) -> None:
        """What did not work, told by the product itself."""
        self.faults.append(sentence)
        self._add("fault", sentence)

    async def say(self, effect: Say, context: RunContext) -> None:
        """A bubble of the bot's, or of ours where something failed."""
        if effect.is_fault:
            self.fault(context.journal.mask(effect.message))
            return
        text = context.journal.mask(effect.message)
        self._add("bot", text, format=effect.format, delay_ms=effect.delay_ms)

    async def close(self, _effect: CloseWindow, _context: RunContext) -> None:
        """The chat ends here."""
        self._is_open = False

    async def rename(self, effect: SetBotName, _context: RunContext) -> None:
        """What the bot is called from now on."""
        self._bot_name = effect.name

    async def open_worklist(self, effect: OpenWorklist, _context: RunContext) -> None:
        """A list of records, as a link."""
        worklist = {"type": effect.type, "query": effect.query}
        self._add("bot", "", worklist=worklist)

    def end(self, state: Mapping[str, Any], ask: Ask | None) -> Conversation:
        """The conversation after this turn; ``ask`` is what it waits for, None where it has ended."""
        prompt = _prompt(ask) if ask is not None else None
        self.conversation = replace(
            self.conversation,
            busy_run="",
            is_open=self._is_open and prompt is not None,
            state={**state, "bot_name": self._bot_name},
            messages=self._messages,
            prompt=prompt,
        )
        return self.conversation

    def _add(self, sender: str, text: str, **more: Any) -> None:
        message = {"from": sender, "text": text[:LONGEST_MESSAGE], "at": self._at, **more}
        self._messages.append(message)


def _prompt(ask: Ask) -> dict[str, Any]:
    """What is asked; at a tree's end the params are the walk's own, nothing to show."""
    return {"kind": ask.kind, "params": {} if ask.kind == "restart" else dict(ask.params)}


def turn_of(context: RunContext) -> Turn:
    """The turn this run belongs to; BehaviorFault where it is no chat."""
    if context.turn is None:
        raise BehaviorFault("This can be done only in a chat.", code="needs-chat")
    return context.turn


async def say(effect: Say, context: RunContext) -> None:
    """In a run without a chat what is said stands in the journal only."""
    if context.turn is not None:
        await context.turn.say(effect, context)


async def close(effect: CloseWindow, context: RunContext) -> None:
    """Close the chat's window."""
    await turn_of(context).close(effect, context)


async def rename(effect: SetBotName, context: RunContext) -> None:
    """Give the bot another name in this chat."""
    await turn_of(context).rename(effect, context)


async def open_worklist(effect: OpenWorklist, context: RunContext) -> None:
    """Show a list of records."""
    await turn_of(context).open_worklist(effect, context)


async def offer(_effect: Offer, _context: RunContext) -> None:
    """Menu entries are gathered by whoever asked for the menu."""
