"""Asks a service for what an account has done there: questions of ours, which no bot asks.

They pass the gate like any request: the service's windows hold for them, and they are paid within the
caps in dollars. Caps by requests are for what bots send.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from factotum.core.errors import FactotumError
from factotum.core.http import Request, Response
from factotum.core.ports import Clock, Sender, SendOptions
from factotum.runs.context import RunContext
from factotum.runs.gate import Gate
from factotum.runs.ports import Accounts, SigningAccount
from factotum.runs.read_back_rule import Rule, at

REMEMBERED = 1000  # accounts, and servers


class Lookout:
    """Sends the questions; remembers whose account it is, which services want to be paid for too."""

    def __init__(self, sender: Sender, accounts: Accounts, gate: Gate, clock: Clock) -> None:
        self._sender = sender
        self._accounts = accounts
        self._gate = gate
        self._clock = clock
        self._taken: dict[tuple[str, int, int], dict[str, str]] = {}
        self._aheads: dict[str, float] = {}

    def ahead(self, origin: str) -> float:
        """By how many seconds our clock is before that server's, as its last answer said; 0 for none."""
        return self._aheads.get(origin, 0.0)

    async def get(self, url: str, account_id: int, context: RunContext) -> Mapping[str, Any]:
        """The answer, a list as ``items``.

        FactotumError where nothing can be read of it; RetryLater where there is no room to ask now.
        """
        account = await self._accounts.ready(account_id, context.actor)
        return await self._get(url, account, context)

    async def first(self, rule: Rule, account_id: int, context: RunContext) -> dict[str, str]:
        """What is taken of the answer that goes before, if one does: whose account it is."""
        first = rule.service.get("first")
        if not first:
            return {}
        account = await self._accounts.ready(account_id, context.actor)
        # with other keys it may be somebody else's
        key = rule.origin + first["path"], account.id, hash(account.secrets)
        if key not in self._taken:
            body = await self._get(key[0], account, context)
            taken = {name: at(body, path) for name, path in first["take"].items()}
            if None in taken.values():
                raise FactotumError("The service does not say whose account it is.")
            if len(self._taken) >= REMEMBERED:
                self._taken.clear()
            self._taken[key] = {name: str(value) for name, value in taken.items()}
        return self._taken[key]

    async def _get(
        self, url: str, account: SigningAccount, context: RunContext
    ) -> Mapping[str, Any]:
        request = Request("GET", url)
        options = SendOptions(account.hosts, account.sign, secrets=account.secrets)
        passage = self._gate.passage(request, account, context, is_ours=True)
        try:
            response = await passage.through(lambda: self._sender.send(request, options))
        finally:
            passage.end()
        self._compare_clocks(url, response)
        return _read(response)

    def _compare_clocks(self, url: str, response: Response) -> None:
        """By ``Date`` (RFC 9110, 6.6.1), which services need not send."""
        try:
            date = parsedate_to_datetime(response.header("date"))
        except ValueError:
            return
        told = date if date.tzinfo else date.replace(tzinfo=UTC)
        if len(self._aheads) >= REMEMBERED:
            self._aheads.clear()
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        self._aheads[origin] = self._clock().at.timestamp() - told.timestamp()


def _read(response: Response) -> Mapping[str, Any]:
    if response.status != 200:
        raise FactotumError(f"The service answered {response.status}.")
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, list):
        return {"items": body}
    if not isinstance(body, dict):
        raise FactotumError("The service's answer is no JSON object and no list.")
    return body
