"""What linking needs kept; ``store/`` fulfils it. All of it is synchronous (see ``core.ports``).

Both join the transaction of the calling thread, so that tokens and journal are saved as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class PendingLink:
    """A consent that a person was sent to and that has not come back yet.

    It belongs to one worker (None: the product itself, from the command line), one account and one
    scheme. ``kept`` is stored sealed. Times are seconds since 1970; ``taken_at`` is None until used.
    """

    account_id: int
    worker_id: int | None
    scheme: str
    callback_url: str
    kept: Mapping[str, str] = field(repr=False)
    created_at: float
    expires_at: float
    taken_at: float | None = None


class PendingLinks(Protocol):
    """Pending links under their ``state``, which is a secret: it is stored as a hash only."""

    def save(self, state: str, pending: PendingLink) -> None:
        """Keep it."""

    def get(self, state: str) -> PendingLink | None:
        """The one with this state, also when it is taken or expired, or None."""

    def latest(self, account_id: int, worker_id: int | None) -> PendingLink | None:
        """The newest of this account and worker that is not taken, or None."""

    def take(self, state: str, at: float) -> bool:
        """Mark it taken; atomically True for one caller ever, False for every other."""

    def forget_before(self, at: float) -> None:
        """Remove those that expired before then."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who refreshes an account, and how far they came; one row an account, kept afterwards.

    ``phase``: intended (the request may be on its way), answered (the provider has given new
    tokens), saved (they are stored), failed (the provider gave none), unknown (no answer came, new
    tokens may exist). ``until`` is when an unfinished one is taken for abandoned.
    """

    account_id: int
    holder: str
    until: float
    phase: str
    started_at: float
    note: str = ""


class Claim(NamedTuple):
    """Whether the lease is ours now, and the one that stood (and, if not ours, stands) there."""

    is_ours: bool
    before: Lease | None


class RefreshLeases(Protocol):
    """The journal of refreshes, which also lets only one process refresh an account at a time."""

    def claim(self, lease: Lease, now: float) -> Claim:
        """Atomically put this lease in place of none, of a finished or of an abandoned one.

        Finished is every phase but intended and answered; abandoned is one whose ``until`` is over.
        """

    def mark(self, account_id: int, holder: str, phase: str, note: str = "") -> bool:
        """Note how far this holder came; False, and nothing changed, where it is not theirs now."""
