"""What running needs kept. ``store/`` fulfils these; all of it is synchronous (see core.ports)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from factotum.bots.tree import Behavior
from factotum.core.http import Request
from factotum.core.values import Actor
from factotum.runs.idempotency import Honoured
from factotum.runs.run import EffectRow, Entry, Piece, Run, RunPage, Step


class RunStore(Protocol):
    """Runs, their journals and the effect ledger."""

    def write(self, entries: Sequence[Entry]) -> None:
        """All entries in one transaction; a run's row and an effect are replaced by what is newer."""

    def get(self, run_id: str) -> Run | None:
        """The run, or None."""

    def steps(self, run_id: str) -> Sequence[Step]:
        """Its steps in order."""

    def effects(self, run_id: str) -> Sequence[EffectRow]:
        """Its effects in order."""

    def recorded(self, run_id: str) -> Sequence[Piece]:
        """What its effects returned."""

    def page(
        self,
        *,
        after: str = "",
        limit: int = 50,
        behavior_id: int | None = None,
        worker_id: int | None = None,
        statuses: Sequence[str] = (),
        is_unsettled: bool = False,
    ) -> RunPage:
        """Runs, newest first; ``worker_id`` limits them to that person's and to what bots of the app's did by themselves.

        ``statuses`` limits them to these, ``is_unsettled`` to those that did something of which
        nobody knows whether it happened.
        """

    def interrupt(self, executors: Sequence[str], at: float) -> Sequence[Run]:
        """Attended runs that dead processes left running become interrupted.

        Their intended and sent effects become unknown; durable ones that were to stop have stopped.
        """

    def due(self, now: float, limit: int) -> Sequence[Run]:
        """Waiting runs whose time has come, the longest due first."""

    def wake_all(self, now: float) -> None:
        """What waits until a time later than now looks again: the clock that said so was wrong."""

    def wake(self, codes: Collection[str], at: float) -> int:
        """Runs that wait for one of these reasons until later are due then; how many."""

    def queue_again(self, run_id: str, task: int) -> bool:
        """A waiting (or failed) run is queued as its next task; False where it is held, or not waiting."""

    def queue_all_again(self, tasks: Mapping[str, int]) -> None:
        """The same of several: run id → its next task."""

    def ask_to_stop(self, run_id: str, what: str, at: float) -> Run | None:
        """Cancel or hold a run: at once where nobody walks it, else noted for who does.

        The run as it is now, or None where there is none that has not ended.
        """

    def let_go(self, run_id: str, at: float) -> None:
        """A held run is due now."""

    def put_off(self, run_id: str, task: int) -> bool:
        """Whether the run was held before this task began; then the task counts as done."""

    def is_to_stop(self, run_id: str) -> bool:
        """Whether somebody wants the run to go no further."""

    def halt(self, run_id: str, at: float) -> None:
        """The run's walk has stopped where somebody wanted it to."""

    def unsettled(
        self, *, after: str = "", limit: int = 50, worker_id: int | None = None
    ) -> Sequence[EffectRow]:
        """Effects of which nobody knows whether they happened, oldest first; ``after`` is a key.

        ``worker_id`` limits them to that person's runs.
        """

    def count_unsettled(self, *, worker_id: int | None = None, most: int = 100) -> int:
        """How many of these there are; ``most`` for as many and more."""

    def effect(self, key: str) -> EffectRow | None:
        """One effect."""

    def settle(self, effect: EffectRow) -> bool:
        """Keep how an unknown effect was settled; False where it was not unknown any more."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One chat. ``turn`` counts answers taken; ``busy_run`` works on one now, in ``busy_by``.

    ``state`` is what is needed to go on (JSON); ``messages`` are the bubbles shown so far; ``prompt``
    is what is asked now, None where nothing is.
    """

    id: int
    worker_id: int
    bot_id: int
    title: str
    turn: int = 0
    busy_run: str = ""
    busy_by: str = ""
    is_open: bool = True
    state: Mapping[str, Any] = field(default_factory=dict)
    messages: Sequence[Mapping[str, Any]] = ()
    prompt: Mapping[str, Any] | None = None


class Conversations(Protocol):
    """Chats of workers with bots."""

    def create(self, worker_id: int, bot_id: int, title: str) -> Conversation:
        """A new one."""

    def get(self, conversation_id: int) -> Conversation | None:
        """The chat, or None."""

    def take_turn(self, conversation_id: int, turn: int, run: Run) -> bool:
        """Atomically: where ``turn`` is still the current one and no run is busy, make it this run's.

        False where somebody was faster: a second click does nothing.
        """

    def save(self, conversation: Conversation) -> None:
        """Keep it as it is now."""


class BotKeys(Protocol):
    """``_set_key`` and ``_get_key``: small values a bot keeps between runs."""

    def get(self, bot_id: int, key: str, now: float) -> str:
        """The value, "" where there is none or it has expired."""

    def set(self, bot_id: int, key: str, value: str, expires_at: int) -> None:
        """Keep it; "" forgets it; ``expires_at`` 0 never expires."""


class ScheduledRuns(Protocol):
    """``_schedule_behavior``: runs wanted later."""

    def add(self, behavior_id: int, run_at: int, on_dupe: str, values: Mapping[str, Any]) -> None:
        """Keep one; ``on_dupe`` first keeps the earlier one, last replaces it, "" adds another.

        ``values`` are its inputs, and ``on`` the record's id that it is for: earlier ones are those of
        the same behavior for the same record.
        """

    def remove(self, behavior_id: int, values: Mapping[str, Any]) -> None:
        """Forget all that wait for this behavior on that record."""


class IdempotencyKeys(Protocol):
    """``Idempotency-Key`` of API calls: the same key and request give the same run."""

    def claim(self, actor: str, key: str, fingerprint: str, run_id: str) -> tuple[str, str]:
        """(fingerprint, run id) kept under the key: these where it was free, else the earlier ones."""


@dataclass(frozen=True, slots=True)
class SigningAccount:
    """An account ready to sign. ``sign`` closes over its opened secrets; ``secrets`` are for masking.

    ``service_id`` is the service it belongs to, whose app and prices it shares; 0 where unknown.
    ``honours`` is which of its requests that service does once for each idempotency key.
    """

    id: int
    name: str
    hosts: Sequence[str]
    sign: Callable[[Request], Request] = field(repr=False)
    secrets: frozenset[str] = field(repr=False)
    service_id: int = 0
    honours: Sequence[Honoured] = ()


class Accounts(Protocol):
    """Accounts as bots use them."""

    async def ready(self, account_id: int, actor: Actor) -> SigningAccount:
        """Ready to sign, refreshed where it had to be.

        NotFound for none, Refused where this actor may not use it, RelinkNeeded where it is not
        linked or its credentials are dead.
        """

    async def renewed(self, account_id: int, actor: Actor) -> SigningAccount | None:
        """After a 401: signing with fresh credentials, or None where there is no way to get any."""

    def answered(self, account_id: int, status: int) -> None:
        """Keep what the service's answer tells of the account; nobody waits for it."""


class Behaviors(Protocol):
    """Behaviors as the interpreter walks them."""

    async def named(self, name: str) -> Behavior | None:
        """The behavior with that id or uri, read and checked, or None."""


class Sealer(Protocol):
    """Seals bytes that only this installation can open."""

    def seal(self, clear: bytes) -> bytes:
        """Sealed; opens again with ``unseal``."""

    def unseal(self, sealed: bytes) -> bytes:
        """In clear; raises where it was not sealed here."""
