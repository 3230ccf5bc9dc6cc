"""A run and what it leaves: its row, the lines of its journal, its effects in the ledger.

Everything a run leaves is written as *entries*: the run's row as it is now, the steps since the last
entry, and the effects whose state changed. A batch of entries of many runs is one transaction, so a
journal costs one commit however many runs share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

OPEN = frozenset({"intended", "sent", "unknown"})
"""States of effects that may have happened, and nobody knows."""

LEAVING = frozenset({"intended", "sent"})
"""Those of them that a process was about to send, or has sent, and waits for the answer of."""

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
    first; after ``deadline`` it does nothing more. ``cost`` is what its requests have cost so far, or
    would at most where it is simulated, in millionths of a dollar; None where no price is known.
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
    cost: int | None = None

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

    ``state``: intended (committed before the bytes leave), sent (they have left, and it was not answered
    at once; ``sent_at`` says when), answered, refused (it was not done: nothing
    was sent, or the service had no room), unknown (no answer, something may have left), settled
    (``outcome``: happened, not-done or
    given-up, as ``said_by`` a person or the service's read-back; or sent-again: the next attempt
    tells, as it carries the same ``idempotency_key``). ``fingerprint`` is the SHA-256 (hex) of
    method, URL and body; ``url`` is masked; ``answer`` is sealed (``runs.kept_answers``). ``timed_out``
    where it is unknown because its answer was waited for for the whole time.
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
    timed_out: bool | None = None
    sent_at: float | None = None


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
    """A piece of one run's journal: its row as it is now, new steps, changed effects, what it recorded.

    The first is written only where there is none: whoever was quicker to walk the run knows better.
    """

    run: Run
    steps: Sequence[Step] = ()
    effects: Sequence[EffectRow] = ()
    recorded: Piece | None = None
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of runs, newest first; ``cursor`` is "" at the end."""

    runs: Sequence[Run]
    cursor: str = ""
