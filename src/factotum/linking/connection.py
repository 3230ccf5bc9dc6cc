"""An account as it signs: with its service, its scheme and its opened credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from factotum.auth.scheme import Credentials, Linked, Scheme, schemes
from factotum.core.errors import NotFound, Refused
from factotum.core.http import Request
from factotum.core.ports import Clock, SecretBox, Store
from factotum.core.values import Actor, Record, Ref

REMEMBERED_SECONDS = 5.0
"""For how long an opened account is used again without a look at the database. What this process
changes is seen at once; what another one changes, after this."""


@dataclass(frozen=True, slots=True)
class Connection:
    """``sealed`` are the account's own secrets; ``secrets`` those and the service's, for masking."""

    account: Record
    service: Record
    scheme: Scheme
    credentials: Credentials = field(repr=False)
    sealed: Mapping[str, str] = field(repr=False)
    secrets: frozenset[str] = field(repr=False)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where it may sign: the service's list (else its URLs' hosts), and the account's own URLs."""
        listed = self.service.get("hosts") or self.scheme.hosts(self.credentials)
        own = self.scheme.hosts(Credentials({}, self.credentials.account))
        return tuple(dict.fromkeys([*listed, *own]))

    @property
    def expires_at(self) -> int:
        """When the access token ends, in seconds since 1970; 0 where it does not."""
        return int(self.account.get("expires_at") or 0)

    def signer(self, clock: Clock) -> Callable[[Request], Request]:
        """What signs a request now, for ``SendOptions.sign``."""
        return lambda request: self.scheme.sign(request, self.credentials, clock())


class Connections:
    """Opens accounts, and keeps what linking and refreshing brought. Synchronous, like the store.

    ``changes`` counts how often what was opened had to be forgotten.
    """

    def __init__(self, store: Store, box: SecretBox) -> None:
        self._store = store
        self._box = box
        self._opened: dict[int, tuple[float, Connection]] = {}
        self.changes = 0

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing, as ``Store.atomic``."""
        return self._store.atomic()

    def open(self, account_id: int, *, anew: bool = True) -> Connection:
        """The account's connection; ``anew`` False takes one that was opened a moment ago.

        NotFound where account or service is gone, Refused where the service cannot be used.
        """
        if not anew and (remembered := self.remembered(account_id)) is not None:
            return remembered
        changes = self.changes
        connection = self._open(account_id)
        if changes == self.changes:  # else it may be what was there before
            self._opened[account_id] = (monotonic() + REMEMBERED_SECONDS, connection)
        return connection

    def remembered(self, account_id: int) -> Connection | None:
        """The connection, where it was opened a moment ago; touches no database."""
        until, connection = self._opened.get(account_id, (0.0, None))
        return connection if connection is not None and monotonic() < until else None

    def forget_opened(self) -> None:
        """Open every account anew from now on: a record has changed."""
        self.changes += 1
        self._opened.clear()

    def keep_link(self, actor: Actor, connection: Connection, linked: Linked, at: int) -> Record:
        """A new link in place of the old one: nothing of the old credentials is left."""
        old = dict.fromkeys(connection.sealed, "")
        values = {
            "params": {**_typed_params(connection), **linked.params},
            "linked_as": linked.linked_as,
            "remote_id": linked.remote_id,
            "linked_at": at,
            "scopes": list(linked.scopes),
            "expires_at": linked.expires_at or 0,
        }
        return self._write(actor, connection, {**old, **linked.secrets}, values)

    def keep_refresh(self, connection: Connection, linked: Linked) -> Record:
        """Fresh tokens; what the answer does not name stays."""
        account = connection.account
        values = {
            "params": {**(account.get("params") or {}), **linked.params},
            "scopes": list(linked.scopes) or account.get("scopes") or [],
            "expires_at": linked.expires_at or 0,
        }
        return self._write(Actor.app("refresh"), connection, linked.secrets, values)

    def forget_link(self, actor: Actor, connection: Connection) -> Record:
        """The account without credentials."""
        values = {
            "params": _typed_params(connection),
            **dict.fromkeys(("linked_as", "remote_id"), ""),
            **dict.fromkeys(("linked_at", "expires_at"), 0),
            "scopes": [],
        }
        old = dict.fromkeys(connection.sealed, "")
        return self._write(actor, connection, old, values, health="")

    def note_health(self, connection: Connection, health: str, reason: str) -> None:
        """Why the account does not work now: ``failing`` or ``relink``."""
        self._write(Actor.app("refresh"), connection, {}, {}, health=health, reason=reason)

    def note_use(self, connection: Connection, at: int, health: str, reason: str) -> None:
        """When it was last used, and how it is."""
        values = {"last_used_at": at, "health": health, "health_reason": reason}
        self._store.update(connection.account.ref, values)

    def _write(
        self,
        actor: Actor,
        connection: Connection,
        secrets: Mapping[str, str],
        values: Mapping[str, Any],
        *,
        health: str = "ok",
        reason: str = "",
    ) -> Record:
        ref = connection.account.ref
        store = self._store.acting_as(actor)
        with store.atomic():
            record = store.update(ref, {**values, "health": health, "health_reason": reason})
            self._box.seal(ref, secrets)
        self.forget_opened()
        return record

    def _open(self, account_id: int) -> Connection:
        account = self._store.get(Ref("connected_account", account_id))
        if account is None:
            raise NotFound(f"There is no Connected Account {account_id}.")
        service = self._store.get(Ref("connected_service", int(account.get("service_id") or 0)))
        if service is None:
            raise NotFound(f"The service of {account.label} is gone.", code="service-gone")
        sealed, service_sealed = self._box.open(account.ref), self._box.open(service.ref)
        credentials = Credentials(
            {**(service.get("params") or {}), **service_sealed},
            {**(account.get("params") or {}), **sealed},
        )
        secrets = frozenset(filter(None, (*sealed.values(), *service_sealed.values())))
        return Connection(account, service, _scheme_of(service), credentials, sealed, secrets)


def _scheme_of(service: Record) -> Scheme:
    scheme = schemes.get(str(service.get("extension_id")))
    if scheme is None:
        raise Refused(
            f"{service.label} is of a type that is not installed here "
            f"({service.get('extension_id')}).",
            code="unknown-provider",
        )
    if service.get("is_disabled"):
        raise Refused(f"{service.label} is disabled.", code="service-disabled")
    return scheme()


def _typed_params(connection: Connection) -> dict[str, Any]:
    """The public values that a person typed in, without those that the provider told."""
    params = connection.account.get("params") or {}
    return {key: value for key, value in params.items() if key in connection.scheme.account_fields}
