"""Who may come in: people, one-time links, tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.ports import Clock, Store, Threads
from factotum.core.values import Actor, Record, Ref
from factotum.usecases.record_desk import RecordDesk

LINK_SECONDS = 24 * 3600  # how long a one-time link works
SCOPES = {
    "*": "everything",
    "read": "see records and runs",
    "write": "import packages, change records, link accounts",
    "run": "run behaviors",
    "call": "call services through the proxy",
}
"""What a token may be limited to."""


class People(Protocol):
    """Workers where they are more than records."""

    def has_any(self) -> bool:
        """Whether an admin can sign in with a password yet."""

    def first_admin(self) -> int | None:
        """The first admin, with or without a password."""

    def actor(self, worker_id: int, via: str = "page") -> Actor | None:
        """The worker as who asks; None where there is none or they are disabled."""

    def set_password(self, worker_id: int, password: str) -> None:
        """From now on they sign in with it; BadInput for a weak one."""


class Links(Protocol):
    """One-time sign-in links."""

    def create(self, worker_id: int, now: float, expires_at: float) -> str:
        """The link's token."""

    def worker_of(self, token: str, now: float) -> int | None:
        """Whom it would sign in."""

    def take(self, token: str, now: float) -> int | None:
        """The worker, once."""


class Tokens(Protocol):
    """Bearer tokens."""

    def create(
        self, name: str, scopes: Sequence[str], worker_id: int | None, now: float
    ) -> tuple[int, str]:
        """(id, token)."""

    def actor(self, token: str, now: float) -> Actor | None:
        """Who it stands for."""

    def list(self, worker_id: int | None = None) -> Sequence[Any]:
        """Tokens without the token."""

    def revoke(self, token_id: int, now: float, worker_id: int | None = None) -> bool:
        """It works no more."""


class Access:
    """Sign-in links and tokens."""

    def __init__(
        self,
        *,
        people: People,
        links: Links,
        tokens: Tokens,
        records: RecordDesk,
        store: Store,
        threads: Threads,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._people = people
        self._links = links
        self._tokens = tokens
        self._records = records
        self._store = store
        self._threads = threads
        self._clock = clock
        self._base_url = base_url

    async def add_worker(
        self, actor: Actor, name: str, *, is_admin: bool = False, password: str = ""
    ) -> Record:
        """A new person; without a password they come in by a one-time link."""
        return await self._threads.run(self._add_worker, actor, name, is_admin, password)

    def _add_worker(self, actor: Actor, name: str, is_admin: bool, password: str) -> Record:
        with self._store.atomic():
            values = {"name": name.strip(), "is_admin": is_admin}
            worker = self._records.create_now(actor, "worker", values)
            if password:
                self._people.set_password(worker.id, password)
        return worker

    async def create_sign_in_link(self, actor: Actor, worker_id: int) -> str:
        """An address that signs this person in once, within a day. Admins only."""
        if not actor.is_admin:
            raise Refused("Only an admin can make sign-in links.", code="not-allowed")
        worker = await self._records.get(actor, Ref("worker", worker_id))
        now = self._now()
        token = await self._threads.run(self._links.create, worker.id, now, now + LINK_SECONDS)
        return f"{self._base_url}/sign-in/link/{token}"

    async def first_run_link(self, actor: Actor) -> str:
        """Where no admin can sign in yet: an address that makes the first one; else "".

        The person behind it is ``admin`` until they choose their name.
        """
        if await self._threads.run(self._people.has_any):
            return ""
        worker = await self._threads.run(self._first_worker, actor)
        return await self.create_sign_in_link(actor, worker.id)

    def _first_worker(self, actor: Actor) -> Record:
        existing = self._people.first_admin()
        found = self._store.get(Ref("worker", existing)) if existing else None
        return found or self._records.create_now(
            actor, "worker", {"name": "admin", "is_admin": True}
        )

    async def sign_in_link_worker(self, token: str) -> int:
        """Whom a link would sign in; looking does not use it up. NotFound for a dead one."""
        return _alive(await self._threads.run(self._links.worker_of, token, self._now()))

    async def use_sign_in_link(self, token: str) -> int:
        """The worker it signs in, once; NotFound for an unknown, used or expired one."""
        return _alive(await self._threads.run(self._links.take, token, self._now()))

    async def token_actor(self, token: str) -> Actor | None:
        """Who a bearer token stands for, or None."""
        return await self._threads.run(self._tokens.actor, token, self._now())

    async def create_token(
        self, actor: Actor, *, name: str, scopes: Sequence[str] = ("*",), worker_name: str = ""
    ) -> str:
        """A new token, shown this once: the caller's own, or (from the command line) anyone's."""
        if not scopes:
            raise BadInput("Say what the token may do: it has no scope.", code="no-scope")
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown:
            raise BadInput(
                f"There is no scope {unknown[0]!r}; there are: {', '.join(SCOPES)}.",
                code="unknown-scope",
            )
        worker_id = actor.worker_id
        if worker_name:
            worker = await self._records.one_named(actor, "worker", worker_name)
            if not actor.is_admin and worker.id != actor.worker_id:
                raise Refused("You may make tokens only for yourself.", code="not-allowed")
            worker_id = worker.id
        _, token = await self._threads.run(
            self._tokens.create, name, list(scopes), worker_id, self._now()
        )
        return token

    async def tokens(self, actor: Actor) -> Sequence[Any]:
        """This person's tokens; an admin's list has the product's own too."""
        return await self._threads.run(self._tokens.list, actor.worker_id)

    async def revoke_token(self, actor: Actor, token_id: int) -> None:
        """It works no more; NotFound where it is not theirs."""
        whose = None if actor.is_admin else actor.worker_id
        if not await self._threads.run(self._tokens.revoke, token_id, self._now(), whose):
            raise NotFound("There is no such token.")

    def _now(self) -> float:
        return self._clock().at.timestamp()


def _alive(worker_id: int | None) -> int:
    if worker_id is None:
        raise NotFound(
            "It was used or has expired. Ask an admin for another, or restart the server, which "
            "prints one while nobody can sign in.",
            code="link-used",
        )
    return worker_id
