"""Sendings of one request under one idempotency key: for a service that honours it they are one.

What nobody knows is handed on: the sending that may have arrived is ``sent-again`` as soon as the next
one is intended, and the next one is unknown until an answer surely tells of both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from factotum.core.http import Response
from factotum.runs.idempotency import is_replayed
from factotum.runs.retrying import TRIES, UNWELL
from factotum.runs.run import EffectRow

SENT_AGAIN = "sent-again"
BY_KEY = "key"


@dataclass(frozen=True, slots=True)
class Sendings:
    """``rows`` of the ledger, oldest first, all with the same key, and ``until`` when it is honoured."""

    rows: tuple[EffectRow, ...] = ()
    until: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether nobody knows what came of them."""
        return bool(self.rows) and self.rows[-1].state == "unknown"

    def may_be_sent_again(self, now: float) -> bool:
        """Whether one more is the same to the service."""
        return 0 < len(self.rows) <= TRIES and now < self.until


def made_key(name: str) -> str:
    """The key for a sending of that name in the ledger: the same whenever it is made, and no other's.

    >>> made_key("0193:0.1#0:1")
    '0b738bdc-cdc7-54ab-bbdd-dbdcc09f0105'
    """
    return str(uuid5(NAMESPACE_URL, f"factotum:{name}"))


def under_one_key(
    last: EffectRow, own: str, earlier: Callable[[int], EffectRow | None]
) -> list[EffectRow]:
    """Those up to ``last`` that the service takes for one, oldest first.

    ``own`` is the key that the behavior gives itself now, "" where it leaves that to us; ``earlier``
    gives what was sent from the same place, by attempt. [] where they had another key.
    """
    found: list[EffectRow] = []
    row: EffectRow | None = last
    while row is not None and not _is_over(row) and (not found or _are_one(row, found[-1])):
        found.append(row)
        row = earlier(row.attempt - 1)
    found.reverse()
    if found and found[0].idempotency_key != (own or made_key(found[0].key)):
        return []
    return found


def _is_over(row: EffectRow) -> bool:
    """Whether its outcome is known, so that what follows is another request to the service."""
    if row.state == "answered":
        return row.status_code not in UNWELL
    return not row.idempotency_key or row.outcome in {"happened", "given-up"}


def _are_one(row: EffectRow, later: EffectRow) -> bool:
    is_same = row.fingerprint == later.fingerprint
    return is_same and row.idempotency_key == later.idempotency_key


def tells_of_all(response: Response) -> bool:
    """Whether an answer says what became of the request however often it was sent.

    It does where it was done, now or before, and where the service gives its first answer again. A
    refusal (of credentials, for want of room, because the first is still under way) says only what
    became of this sending.
    """
    return 200 <= response.status < 300 or is_replayed(response)
