"""Importing and exporting packages on somebody's behalf."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from factotum.core.errors import Refused
from factotum.core.ports import Clock, SecretBox, Store, Threads
from factotum.core.values import Actor, Ref
from factotum.packages.desk import Desk
from factotum.packages.exporter import export_package
from factotum.packages.importer import ImportResult, import_package
from factotum.packages.plan import OnExisting


class PackageImports:
    """Packages in and out."""

    def __init__(
        self,
        store: Store,
        secrets: SecretBox,
        threads: Threads,
        clock: Clock,
        base_url: str,
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._threads = threads
        self._clock = clock
        self._base_url = base_url
        self._changed = changed

    async def import_package(
        self,
        actor: Actor,
        source: str | bytes | Mapping[str, Any],
        answers: Mapping[str, Any] | None = None,
        *,
        plan: bool = False,
        on_existing: OnExisting = "update",
    ) -> ImportResult:
        """What it asks, would do or did; BadPackage names every fault. Admins only."""
        self._admins_only(actor)
        result = await self._threads.run(
            import_package, source, answers, self._desk(actor), plan=plan, on_existing=on_existing
        )
        if result.status == "imported":
            self._changed()
        return result

    async def export_package(self, actor: Actor, refs: Sequence[Ref], *, name: str = "") -> str:
        """These records and what belongs to them as a package's JSON; never a secret."""
        self._admins_only(actor)
        document = await self._threads.run(
            export_package, refs, self._store, self._secrets, name=name
        )
        return json.dumps(document, indent=2, ensure_ascii=False)

    def _desk(self, actor: Actor) -> Desk:
        return Desk(
            store=self._store,
            secrets=self._secrets,
            actor=actor,
            moment=self._clock(),
            base_url=self._base_url,
        )

    def _admins_only(self, actor: Actor) -> None:
        if not actor.is_admin:
            raise Refused(
                "Only an admin may import and export packages; ask one.", code="not-allowed"
            )
