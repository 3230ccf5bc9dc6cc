"""What running needs kept. ``store/`` fulfils these; all of it is synchronous (see core.ports).

Everything a run leaves is written as *entries*: the run's row as it is now, the steps since the last
entry, and the effects whose state changed. A batch of entries of many runs is one transaction, so a
journal costs one commit however many runs share it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from factotum.bots.tree import Behavior
from factotum.core.http import Request
from factotum.core.queueing import NORMAL
from factotum.core.values import Actor
from factotum.runs.idempotency import Honoured

OPEN = frozenset({"intended", "unknown"})
"""States of effects that may have happened, and nobody knows."""

FORGET = "forget"
"""``Run.stop`` of a run that is being deleted: nobody takes it up again."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run. Times are seconds since 1970; ``id`` is text that sorts by time (32 hex digits).

    ``status``: queued, running, waiting, done, failed, cancelled, interrupted. ``driver``: attended,
    simulated or durable. ``worker_id`` is whose run it is: who began it, else whose bot it is; None
    for the app's own. ``answer`` is a webhook's ``{status, headers, body}``; ``placeholders`` the
    final dictionary, secrets masked.

    ``executor`` names the process that walks it. A durable run has its current ``task`` (from 1),
    while it waits ``wake_at`` (None: until somebody wakes it), ``wait_code``, ``wait_reason`` and by
    path the ``tries`` so far, and in ``stop`` what somebody wants of it: cancel, hold or ``FORGET``. ``went_on``
    tells after what it went on, the oldest first: ``{at, task, code, reason}``, ``code`` a wait's, or
    failed (it was tried again), or taken-over (the process that walked it had ended). ``priority`` 1 goes
    first; after ``deadline`` it does nothing more.
    """

    id: str
    title: str
    trigger: str
    driver: str
    status: str
    started_at: float
    behavior_id: int | None = None
    revision: int | None = None
    bot_id: int | None = None
    worker_id: int | None = None
    actor: str = ""
    ended_at: float | None = None
    error: str = ""
    code: str = ""
    placeholders: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    executor: str = ""
    task: int = 0
    priority: int = 0
    wake_at: float | None = None
    wait_code: str = ""
    wait_reason: str = ""
    tries: Mapping[str, int] = field(default_factory=dict)
    stop: str = ""
    went_on: Sequence[Mapping[str, Any]] = field(default_factory=list)
    deadline: float | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether somebody wants it to stop and it is in the middle of a step."""
        return bool(self.stop) and self.status == "running"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the journal. ``at`` in seconds since 1970, ``ms`` how long it took.

    ``kind`` and ``status`` are those of ``bots.effects.Note``, and ``http`` for a request; ``data``
    holds what is shown folded, secrets masked.
    """

    number: int
    path: str
    kind: str
    title: str
    status: str
    at: float
    ms: float = 0.0
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One unsafe request in the ledger. ``key`` is ``<run id>:<path>:<attempt>``, unique.

    ``state``: intended (committed before the bytes leave), answered, refused (nothing was sent),
    unknown (no answer, something may have left), settled (``outcome``: happened, not-done or
    given-up, as ``said_by`` a person or the service's read-back; or sent-again: the next attempt
    tells, as it carries the same ``idempotency_key``). ``fingerprint`` is the SHA-256 (hex) of
    method, URL and body; ``url`` is masked; ``answer`` is sealed (``runs.kept_answers``).
    """

    key: str
    run_id: str
    path: str
    state: str
    method: str
    url: str
    host: str
    fingerprint: str
    intended_at: float
    account_id: int | None = None
    answered_at: float | None = None
    status_code: int | None = None
    note: str = ""
    attempt: int = 1
    outcome: str = ""
    said_by: str = ""
    answer: str = field(default="", repr=False)
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an effect of a durable run returned, as JSON; ``name`` is its path and kind."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of what a task of a durable run recorded, from number ``first`` of the run; sealed text."""

    run_id: str
    task: int
    first: int
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of one run's journal: its row as it is now, new steps, changed effects, what it recorded."""

    run: Run
    steps: Sequence[Step] = ()
    effects: Sequence[EffectRow] = ()
    recorded: Piece | None = None


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of runs, newest first; ``cursor`` is "" at the end."""

    runs: Sequence[Run]
    cursor: str = ""


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

        Their intended effects become unknown; durable ones that were to stop have stopped.
        """

    def due(self, now: float, limit: int) -> Sequence[Run]:
        """Waiting runs whose time has come, the longest due first."""

    def wake_all(self, now: float) -> None:
        """What waits until a time later than now looks again: the clock that said so was wrong."""

    def queue_again(self, run_id: str, task: int) -> bool:
        """A waiting (or failed) run is queued as its next task; False where it is held, or not waiting."""

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


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of a durable run between two waits; ``number`` counts from 1.

    >>> str(Task("0193", 2)), Task.named("0193.2").number
    ('0193.2', 2)
    """

    run_id: str
    number: int = 1

    def __str__(self) -> str:
        return f"{self.run_id}.{self.number}"

    @classmethod
    def named(cls, name: str) -> Self:
        """The task with that name."""
        run_id, _, number = name.rpartition(".")
        return cls(run_id, int(number))


Work = Callable[[Task, Any, bool], Awaitable[None]]
"""Does a task as it was ordered; the last says whether it is surely the first who does."""


class DurableEngine(Protocol):
    """Does tasks, whatever becomes of the process that does them. JSON goes in and comes out."""

    async def submit(self, task: Task, order: Any, *, priority: int = NORMAL) -> None:
        """Have a task done, once however often it is submitted; on disk when this returns."""

    async def order(self, task: Task) -> Any:
        """What the task was submitted with, or None where there is no such task."""

    def check(self) -> None:
        """Inside a task: ``Lost`` where this process has stopped working."""

    async def cancel(self, task: Task) -> None:
        """Keep a task from being begun."""

    async def forget(self, tasks: Sequence[Task]) -> None:
        """Remove what is kept of tasks that have ended."""

    async def work(self, work: Work) -> None:
        """Take up tasks from now on, several at once, until ``close``."""

    async def holds(self, task: Task) -> bool:
        """Whether a task that begins here was claimed in this life of this process (``runs.presence``)."""

    async def take_over(self, dead: Mapping[str, int]) -> int:
        """Give the tasks that dead processes had under way to whoever is free; how many."""

    async def close(self) -> None:
        """Stop working; what is under way is taken up by the next process."""
