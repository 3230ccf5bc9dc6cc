"""What the inner parts need from outside, as protocols; ``store/`` and ``net/`` fulfil them.

``Store`` and ``SecretBox`` are synchronous, because one transaction is one thread's; asynchronous
code calls them through ``Threads.run``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Protocol, TypeVar

from factotum.core.http import Request, Response
from factotum.core.values import Actor, Moment, Owner, Record, Ref

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Term:
    """One search condition: field key, operator, value.

    ``is`` (exact), ``has`` (part of, no case), ``like`` (the whole, no case, ``*`` for anything),
    ``in`` (any of a list), ``gt``, ``lt``; each with ``!`` before it for the opposite.
    """

    key: str
    oper: str
    value: Any


@dataclass(frozen=True, slots=True)
class Query:
    """What to find: all terms hold; ``sort`` is a field key, ``-`` before it for descending.

    ``after`` is the cursor of the page before (opaque, from ``Page.cursor``). ``owners`` limits it
    to what is theirs or part of that (``records.ownership.visible_in``); None means anybody's.
    """

    terms: Sequence[Term] = ()
    sort: str = "id"
    limit: int = 50
    after: str = ""
    owners: Sequence[Owner] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of records; ``cursor`` is "" at the end. ``total`` counts all that match."""

    records: Sequence[Record]
    cursor: str = ""
    total: int = 0


class Store(Protocol):
    """Records of every type, and where imported ones came from."""

    def acting_as(self, actor: Actor) -> Store:
        """The same store, writing down that this actor makes the changes (behavior revisions)."""

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing: an exception inside undoes every write of the block."""

    def get(self, ref: Ref) -> Record | None:
        """The record, or None."""

    def find(self, type: str, query: Query = Query()) -> Page:
        """Records of one type."""

    def create(self, type: str, values: Mapping[str, Any]) -> Record:
        """A new record; link values are ids. Unknown keys raise KeyError: check them before."""

    def update(self, ref: Ref, values: Mapping[str, Any]) -> Record:
        """Change the named values, leave the others; NotFound where it is gone."""

    def delete(self, ref: Ref) -> None:
        """Remove the record, its secrets and its origin; nothing happens where it is gone."""

    def origin(self, package: str, uid: str) -> Ref | None:
        """The record that this uid of this package became, where it still exists."""

    def origins(self, ref: Ref) -> Sequence[tuple[str, str]]:
        """(package name, uid) pairs that this record came from."""

    def remember_origin(self, package: str, uid: str, ref: Ref) -> None:
        """Keep what a uid became, for the next import of the same package."""


class SecretBox(Protocol):
    """Sealed values by record and field. Opened only where a request is signed."""

    def seal(self, ref: Ref, values: Mapping[str, str]) -> None:
        """Keep these values, replacing what those fields had; "" removes a field."""

    def open(self, ref: Ref) -> dict[str, str]:
        """Every sealed value of a record, in clear."""

    def set_at(self, ref: Ref) -> dict[str, float]:
        """Field → seconds since 1970 when it was last set; for "set on 3 May · replace"."""


class Threads(Protocol):
    """Runs synchronous store work off the event loop."""

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of ``work(*args)``, done in a worker thread."""


@dataclass(frozen=True, slots=True)
class SendOptions:
    """How one request is sent. ``hosts`` are the ones it may go to ("" means any public one).

    ``sign`` is called for the first request and again for every same-origin redirect hop;
    ``verify_tls`` False accepts any certificate. ``host_header`` is the Host to name where it is not
    the URL's own: for a server of ours that stands in for another, never from a bot or a person.
    ``may_leave`` is called once a connection is there, right before the bytes leave; what it raises
    stops them.
    """

    hosts: Sequence[str] | None = None
    sign: Callable[[Request], Request] | None = None
    verify_tls: bool = True
    follow: int = 5
    timeout: float | None = None
    max_bytes: int = 20 * 1024 * 1024
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    host_header: str = ""
    may_leave: Callable[[], None] | None = None


class Sender(Protocol):
    """The one door out."""

    async def send(self, request: Request, options: SendOptions = SendOptions()) -> Response:
        """The answer. Refused for an address or host that is not allowed; NoAnswer for none."""


class Clock(Protocol):
    """Time and randomness."""

    def __call__(self) -> Moment:
        """Now, with a fresh seed."""


AsyncSend = Callable[[Request], Awaitable[Response]]
