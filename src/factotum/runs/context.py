"""What a handler of effects knows about the run it works for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from factotum.bots.effects import Effect
from factotum.core.values import Actor
from factotum.runs.journal import RunJournal
from factotum.runs.ports import Sealer
from factotum.runs.run import EffectRow
from factotum.runs.turn import Turn


class Fence(Protocol):
    """Keeps a process that was taken for dead from sending what another sends now."""

    async def fresh(self) -> None:
        """Returns once others know that this process lives; ``Lost`` where they took its work."""

    def check(self) -> None:
        """Right before bytes leave: NotInCharge where others may take this process for dead."""


class NoFence:
    """Nobody takes over what this process does."""

    async def fresh(self) -> None:
        """Always."""

    def check(self) -> None:
        """Always fine."""


@dataclass(slots=True)
class RunContext:
    """One run: ``actor`` is whose rights it has (the bot's owner), ``bot_id`` whose keys it keeps."""

    journal: RunJournal
    actor: Actor
    bot_id: int | None = None
    simulate: bool = False
    is_durable: bool = False
    began_at: float | None = None
    """When a durable run was first walked, seconds since 1970."""
    asked_at: float = field(default_factory=monotonic)
    """When it was last asked whether somebody wants a durable run to stop; by the monotonic clock."""
    tells_from: int = 0
    """After what was replayed the journal goes on behind this step: what follows is told anew."""
    unsafe_sent: bool = False
    turn: Turn | None = None
    """The turn of a chat that this run is."""
    overlay: dict[str, str] = field(default_factory=dict)
    """Keys a simulation would have set: read back in it, kept nowhere."""
    priced: dict[str, Any] = field(default_factory=dict)
    """What the gate tells of the last request: cost, budget, limit; for its step in the journal."""
    keyed: dict[str, Any] = field(default_factory=dict)
    """What the ledger tells of the last request's idempotency key; for its step in the journal."""
    warned: set[Hashable] = field(default_factory=set)
    """The budgets whose coming end this run was told of."""
    fence: Fence = field(default_factory=NoFence)
    sealer: Sealer | None = None
    """Seals the answers that the ledger keeps; a run that never goes on keeps none."""
    cut_short: str = ""
    """The path of the delay that somebody does not want to wait for any longer."""
    delayed: float = 0.0
    """Seconds that an attended run has waited in delays."""
    earlier: dict[str, EffectRow] = field(default_factory=dict)
    """By key: the ledger of this run from before it was taken up again."""
    attempts: Counter[str] = field(default_factory=Counter)
    """By path: how often it was sent, as far as this walk has come."""
    tries: Counter[str] = field(default_factory=Counter)
    """By path: how often a wait has ended in trying again."""


Handler = Callable[[Any, RunContext], Awaitable[Any]]
Handlers = dict[type[Effect], Handler]
