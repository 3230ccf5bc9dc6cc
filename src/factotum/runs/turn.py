"""One turn of a chat: gathers what is said, and makes the conversation that is saved at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factotum.bots.effects import Ask
from factotum.core.values import Moment
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

    def bot(self, text: str, **more: Any) -> None:
        """What the bot says or shows."""
        self._add("bot", text, **more)

    def close(self) -> None:
        """The chat ends here."""
        self._is_open = False

    def rename(self, bot_name: str) -> None:
        """What the bot is called from now on."""
        self._bot_name = bot_name

    def end(self, state: Mapping[str, Any], ask: Ask | None) -> Conversation:
        """The conversation after this turn; ``ask`` is what it waits for, None where it has ended."""
        prompt = _prompt(ask) if ask is not None else None
        self.conversation = replace(
            self.conversation,
            busy_run="",
            busy_by="",
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
