"""How a walk leaves its usual way. The signals never leave the interpreter and the conversation."""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from factotum.bots.effects import Effect

if TYPE_CHECKING:
    from factotum.bots.failures import Failure
    from factotum.bots.frames import Frame

R = TypeVar("R")

Steps = Generator[Effect, Any, R]
"""Yields effects, gets their results, returns its own result."""


class After(Enum):
    """Where the walk goes after an action."""

    NEXT = "the next action of the node"
    LEAVE = "the next node; later actions of this one never run"


class Signal(Exception):
    """Base of the signals."""


class Exit(Signal):
    """``_exit``: the behavior ends here."""


class Closed(Signal):
    """``window_close``: the chat ends here."""


class Handover(Signal):
    """``switch_behavior`` without return: another behavior takes the conversation over."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame.behavior.title)
        self.frame = frame


class Untold(Signal):
    """The bot is about to speak although a request failed that nothing in its tree looked at."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure
