"""What connected services say of how to read back; fulfils ``runs.read_back.ServiceData``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.core.http import Request
from factotum.core.ports import Store, Threads
from factotum.core.values import Ref
from factotum.runs.read_back_rule import Rule, rule_for
from factotum.runs.run import EffectRow


class ReadBacks:
    """Asks the records; credentials and rights do not matter here."""

    def __init__(self, store: Store, threads: Threads) -> None:
        self._store = store
        self._threads = threads

    async def read_back(self, account_id: int | None) -> Mapping[str, Any]:
        """Of the service that an account belongs to; {} where it says nothing, or is gone."""
        return await self._threads.run(self._said, account_id) if account_id else {}

    async def rule(self, effect: EffectRow) -> Rule | None:
        """How what this did could be read back; None where no service can tell."""
        said = await self.read_back(effect.account_id)
        return rule_for(Request(effect.method, effect.url), said)

    def _said(self, account_id: int) -> Mapping[str, Any]:
        account = self._store.get(Ref("connected_account", account_id))
        service_id = account.get("service_id") if account else None
        service = self._store.get(Ref("connected_service", service_id)) if service_id else None
        return (service.get("read_back") or {}) if service else {}
