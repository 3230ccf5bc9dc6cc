"""The few values that every part passes around: records, who asks, moments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A record's address: ``Ref("connected_account", 7)``. ``type`` is the record type's key."""

    type: str
    id: int

    def __str__(self) -> str:
        return f"{self.type}:{self.id}"


@dataclass(frozen=True, slots=True)
class Record:
    """A stored record as a plain value. ``values`` never holds a secret; links are ids (int)."""

    type: str
    id: int
    values: Mapping[str, Any]
    label: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def ref(self) -> Ref:
        """The record's address."""
        return Ref(self.type, self.id)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The value under a key, or the default."""
        return self.values.get(key, default)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a record is: ``Owner("app")`` is everyone's, ``Owner("worker", 3)`` one person's."""

    type: str = "app"
    id: int = 0


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for something. A bot acts as its owner; ``via`` is page, api, cli, bot …"""

    worker_id: int | None
    name: str
    is_admin: bool = False
    via: str = "page"
    scopes: frozenset[str] = field(default=frozenset({"*"}))

    @classmethod
    def app(cls, via: str = "app") -> Actor:
        """The product itself: app-owned bots and the command line."""
        return cls(worker_id=None, name="Factotum", is_admin=True, via=via)


@dataclass(frozen=True, slots=True)
class Moment:
    """A read clock and fresh randomness, so that whoever gets it needs neither: replays are exact.

    ``seed`` is 128 unpredictable bits (``secrets.randbits(128)``): nonces, states and verifiers are
    derived from it, so whoever signs or links takes a moment of its own each time.
    """

    at: datetime
    seed: int

    @property
    def timestamp(self) -> int:
        """Whole seconds since 1970-01-01 UTC."""
        return int(self.at.timestamp())

    @classmethod
    def of(cls, timestamp: float, seed: int = 0) -> Moment:
        """A moment at that many seconds since 1970."""
        return cls(datetime.fromtimestamp(timestamp, UTC), seed)
