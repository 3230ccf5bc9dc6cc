"""Accounts as bots use them: fulfils ``runs.ports.Accounts``."""

from __future__ import annotations

from factotum.core.errors import NotFound, Refused
from factotum.core.ports import Clock
from factotum.core.values import Actor, Record
from factotum.linking.condition import Condition
from factotum.linking.connection import Connection
from factotum.linking.keyring import Keyring
from factotum.records.idempotency import read_lines
from factotum.records.ownership import may_use
from factotum.runs.idempotency import Honoured
from factotum.runs.ports import SigningAccount


class AccountUse:
    """Lends an account's signature to whoever may use it."""

    def __init__(self, keyring: Keyring, condition: Condition, clock: Clock) -> None:
        self._keyring = keyring
        self._condition = condition
        self._clock = clock
        self._lent: dict[int, tuple[Connection, SigningAccount]] = {}

    async def ready(self, account_id: int, actor: Actor) -> SigningAccount:
        """Ready to sign; see the port for what is raised."""
        connection = await self._keyring.connection(account_id)
        _check_use(actor, connection.account)
        return self._lend(connection)

    async def renewed(self, account_id: int, actor: Actor) -> SigningAccount | None:
        """After a 401: with fresh credentials, or None."""
        used, _ = self._lent.get(account_id, (None, None))
        if used is None or not may_use(actor, used.account):
            return None
        fresh = await self._keyring.renewed(used)
        return None if fresh is None else self._lend(fresh)

    def answered(self, account_id: int, status: int) -> None:
        """Keep what an answer tells of the account: that it was used, and whether it works."""
        used, _ = self._lent.get(account_id, (None, None))
        if used is not None:
            self._condition.answered(used, status)

    def _lend(self, connection: Connection) -> SigningAccount:
        lent, signing = self._lent.get(connection.account.id, (None, None))
        if signing is None or lent is not connection:
            signing = self._signing(connection)
            self._lent[connection.account.id] = connection, signing
        return signing

    def _signing(self, connection: Connection) -> SigningAccount:
        return SigningAccount(
            id=connection.account.id,
            name=connection.account.label,
            hosts=connection.hosts,
            sign=connection.signer(self._clock),
            secrets=connection.secrets,
            service_id=connection.service.id,
            honours=tuple(
                Honoured.read(line)
                for line in read_lines(connection.service.get("idempotency_keys"))
            ),
        )


def _check_use(actor: Actor, account: Record) -> None:
    if may_use(actor, account):
        return
    if account.get("owner__context") == "app" or actor.is_admin:
        raise Refused(f"You may not use {account.label}.", code="account-not-allowed")
    raise NotFound(
        f"There is no account {account.id} that this bot may use; its owner has to be the app or "
        "the worker that the bot belongs to.",
        code="account-not-allowed",
    )
