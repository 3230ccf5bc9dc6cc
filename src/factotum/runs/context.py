"""What a handler of effects knows about the run it works for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from factotum.bots.effects import Effect
from factotum.core.values import Actor
from factotum.runs.journal import RunJournal
from factotum.runs.turn import Turn


@dataclass(slots=True)
class RunContext:
    """One run: ``actor`` is whose rights it has (the bot's owner), ``bot_id`` whose keys it keeps."""

    journal: RunJournal
    actor: Actor
    bot_id: int | None = None
    simulate: bool = False
    unsafe_sent: bool = False
    turn: Turn | None = None
    """The turn of a chat that this run is."""
    overlay: dict[str, str] = field(default_factory=dict)
    """Keys a simulation would have set: read back in it, kept nowhere."""


Handler = Callable[[Any, RunContext], Awaitable[Any]]
Handlers = dict[type[Effect], Handler]
