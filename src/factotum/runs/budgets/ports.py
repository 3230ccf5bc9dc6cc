"""What budgets need kept; ``store/`` fulfils it. Synchronous, like every store (see ``core.ports``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from factotum.runs.budgets.caps import Cap, Subject


class MeterKey(NamedTuple):
    """Whose meter, and of which day (``2026-11-22``) or month (``2026-11``)."""

    subject: Subject
    period: str


@dataclass(frozen=True, slots=True)
class Meter:
    """What was spent, and what is reserved for requests under way; money in millionths of a dollar."""

    key: MeterKey
    requests: int = 0
    micros: int = 0
    reserved_requests: int = 0
    reserved_micros: int = 0

    def held(self, unit: str) -> int:
        """Spent and reserved."""
        if unit == "usd":
            return self.micros + self.reserved_micros
        return self.requests + self.reserved_requests

    def spent(self, unit: str) -> int:
        """What was spent."""
        return self.micros if unit == "usd" else self.requests


@dataclass(frozen=True, slots=True)
class Claim:
    """One request that wants to reserve. None caps nothing."""

    key: MeterKey
    micros: int
    cap_micros: int | None = None
    cap_requests: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Who reserves, for a request of which run, and when (seconds since 1970).

    ``is_safe``: nothing is written down of such a request before it is sent.
    """

    id: str
    executor: str
    run_id: str
    is_safe: bool
    at: float


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to a meter (never less than 0), and what is taken off its reservations."""

    key: MeterKey
    requests: int = 0
    micros: int = 0
    released_requests: int = 0
    released_micros: int = 0

    def __add__(self, other: Change) -> Change:
        return Change(
            self.key,
            self.requests + other.requests,
            self.micros + other.micros,
            self.released_requests + other.released_requests,
            self.released_micros + other.released_micros,
        )


@dataclass(frozen=True, slots=True)
class Reserved:
    """``meters`` as they are after it, in the order of the claims; or, none, ``full`` and the meter."""

    meters: Sequence[Meter] = ()
    full: Claim | None = None
    meter: Meter | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """All caps, and the price tables (by service id) that an admin has typed in."""

    caps: Sequence[Cap] = ()
    prices: Mapping[int, Sequence[Mapping[str, Any]]] | None = None


class BudgetStore(Protocol):
    """Meters, caps and price tables."""

    def reserve(self, claims: Sequence[Claim], hold: Hold | None = None) -> Reserved:
        """All of them or none, atomically: no meter ever holds more than its cap."""

    def settle(self, changes: Sequence[Change], released: Sequence[str] = ()) -> None:
        """Add what was spent, and take off what the holds with these ids reserved, once."""

    def free(self, executor: str) -> int:
        """Take off what others reserved that live no more; of how many requests.

        What may have been sent counts as spent then, with the most it may cost; while it is asked
        whether it was, it stays reserved.
        """

    def meters(self, subjects: Sequence[Subject], periods: Sequence[str]) -> Sequence[Meter]:
        """The meters there are of these subjects and periods; of all subjects where none is named."""

    def book(self) -> Book:
        """What may be spent, and what things cost."""

    def set_caps(self, subject: Subject, caps: Sequence[Cap]) -> None:
        """These are its caps now."""

    def set_prices(self, service_id: int, entries: Sequence[Mapping[str, Any]] | None) -> None:
        """This is its table now; None goes back to the one that comes with the product."""
