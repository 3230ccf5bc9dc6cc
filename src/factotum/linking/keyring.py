"""Accounts ready to sign: opened, and refreshed before they expire."""

from __future__ import annotations

from time import monotonic

from factotum.auth.scheme import Credentials
from factotum.core.errors import Refused, RelinkNeeded, RetryLater
from factotum.core.ports import Clock, Threads
from factotum.core.single_flight import SingleFlight
from factotum.core.values import Record
from factotum.linking.connection import Connection, Connections
from factotum.linking.refresh import Refresher

EARLY_SECONDS = 60
"""A token that ends within this is refreshed before it is used."""
RENEWAL_PAUSE = 60.0
"""Seconds in which one account is refreshed because of a 401 at most once."""


class Keyring:
    """Whoever asks has made sure that the account may be used; what is returned is never logged."""

    def __init__(
        self, connections: Connections, refresher: Refresher, threads: Threads, clock: Clock
    ) -> None:
        self._connections = connections
        self._refresher = refresher
        self._threads = threads
        self._clock = clock
        self._renewed_at: dict[int, float] = {}
        self._opening: SingleFlight[Connection] = SingleFlight()

    async def credentials_for(self, account: Record) -> Credentials:
        """The service's and the account's values in clear, good for at least a minute."""
        return (await self.connection(account.id)).credentials

    async def hosts_for(self, account: Record) -> tuple[str, ...]:
        """The hosts that this account may sign for."""
        return (await self._opened(account.id)).hosts

    async def connection(self, account_id: int) -> Connection:
        """The account ready to sign.

        NotFound where it is gone, RelinkNeeded where it is not linked or its credentials are dead,
        RetryLater where they have ended and the provider cannot be asked for new ones now, Refused
        where its service is disabled, set up wrongly or cannot sign yet.
        """
        connection = await self._opened(account_id)
        if self._is_good(connection):
            return connection
        if connection.scheme.can_refresh(connection.credentials):
            return await self._refreshed(connection)
        _check_linked(connection)
        if self._seconds_left(connection) <= 0:
            raise RelinkNeeded(
                f"The access of {connection.account.label} has ended and cannot be renewed. "
                "Link it again.",
                code="access-ended",
            )
        return connection

    async def renewed(self, used: Connection) -> Connection | None:
        """After a 401: newer credentials than those used, or None where there is no way to any."""
        held = await self._threads.run(self._connections.open, used.account.id)
        if held.sealed != used.sealed:
            return held
        last = self._renewed_at.get(held.account.id, -RENEWAL_PAUSE)
        is_too_soon = monotonic() - last < RENEWAL_PAUSE
        if is_too_soon or not held.scheme.can_refresh(held.credentials):
            return None
        self._renewed_at[held.account.id] = monotonic()
        try:
            return await self._refresher.refreshed(held)
        except (RelinkNeeded, RetryLater, Refused):
            return None

    async def _opened(self, account_id: int) -> Connection:
        """Without a way through another thread where the account was opened a moment ago."""
        remembered = self._connections.remembered(account_id)
        if remembered is not None:
            return remembered
        flight = account_id, self._connections.changes
        return await self._opening.fly(
            flight, lambda: self._threads.run(self._connections.open, account_id, anew=False)
        )

    def _is_good(self, connection: Connection) -> bool:
        is_linked = connection.scheme.is_linked(connection.credentials)
        return is_linked and self._seconds_left(connection) > EARLY_SECONDS

    async def _refreshed(self, connection: Connection) -> Connection:
        """New credentials; those of before where they cannot be had now and have not ended yet."""
        try:
            return await self._refresher.refreshed(connection)
        except (RetryLater, Refused):
            is_linked = connection.scheme.is_linked(connection.credentials)
            if is_linked and self._seconds_left(connection) > 0:
                return connection
            raise

    def _seconds_left(self, connection: Connection) -> float:
        ends = connection.expires_at
        return ends - self._clock().at.timestamp() if ends else float("inf")


def _check_linked(connection: Connection) -> None:
    """RelinkNeeded for an account without credentials."""
    name = connection.account.label
    if connection.scheme.unavailable:
        raise Refused(connection.scheme.unavailable, code="not-available-yet")
    if not connection.scheme.is_linked(connection.credentials):
        what = "link it" if connection.scheme.is_linkable else "enter its credentials"
        raise RelinkNeeded(
            f"{name} is not linked yet. Open it, choose Edit and {what}.", code="not-linked"
        )
