"""What running needs kept. ``store/`` fulfils these; all of it is synchronous (see core.ports).

Everything a run leaves is written as *entries*: the run's row as it is now, the steps since the last
entry, and the effects whose state changed. A batch of entries of many runs is one transaction, so a
journal costs one commit however many runs share it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from factotum.bots.tree import Behavior
from factotum.core.http import Request
from factotum.core.values import Actor


@dataclass(frozen=True, slots=True)
class Run:
    """One run. Times are seconds since 1970; ``id`` is text that sorts by time (32 hex digits).

    ``status``: running, waiting (for a person), done, failed, interrupted. ``driver``: attended or
    simulated. ``worker_id`` is whose run it is: who began it, else whose bot it is; None for the
    app's own. ``answer`` is a webhook's ``{status, headers, body}``; ``placeholders`` the final
    dictionary, secrets masked.
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
    """One unsafe request in the ledger. ``key`` is ``<run id>:<path>:<n>``, unique.

    ``state``: intended (committed before the bytes leave), answered, refused (nothing was sent),
    unknown (no answer, something may have left), settled (a person or a read-back said).
    ``fingerprint`` is the SHA-256 (hex) of method, URL and body; ``url`` is masked.
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


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of one run's journal: its row as it is now, new steps, changed effects."""

    run: Run
    steps: Sequence[Step] = ()
    effects: Sequence[EffectRow] = ()


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

    def page(
        self,
        *,
        after: str = "",
        limit: int = 50,
        behavior_id: int | None = None,
        worker_id: int | None = None,
        status: str = "",
    ) -> RunPage:
        """Runs, newest first; ``worker_id`` limits them to that person's and to what bots of the app's did by themselves."""

    def interrupt(self, at: float) -> Sequence[Run]:
        """After a start: runs left ``running`` become interrupted, their intended effects unknown."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One chat. ``turn`` counts answers taken; ``busy_run`` is the run that works on one now.

    ``state`` is what is needed to go on (JSON); ``messages`` are the bubbles shown so far; ``prompt``
    is what is asked now, None where nothing is.
    """

    id: int
    worker_id: int
    bot_id: int
    title: str
    turn: int = 0
    busy_run: str = ""
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

    def take_turn(self, conversation_id: int, turn: int, run_id: str) -> bool:
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
        """Keep one; ``on_dupe`` first keeps the earlier one, last replaces it, "" adds another."""

    def remove(self, behavior_id: int) -> None:
        """Forget all that wait for this behavior."""


class IdempotencyKeys(Protocol):
    """``Idempotency-Key`` of API calls: the same key and request give the same run."""

    def claim(self, actor: str, key: str, fingerprint: str, run_id: str) -> tuple[str, str]:
        """(fingerprint, run id) kept under the key: these where it was free, else the earlier ones."""


@dataclass(frozen=True, slots=True)
class SigningAccount:
    """An account ready to sign. ``sign`` closes over its opened secrets; ``secrets`` are for masking."""

    id: int
    name: str
    hosts: Sequence[str]
    sign: Callable[[Request], Request] = field(repr=False)
    secrets: frozenset[str] = field(repr=False)


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
