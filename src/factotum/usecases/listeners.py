"""Who listens at which address: webhooks by their guid, read once and kept while they don't change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from factotum.core.errors import NotFound
from factotum.core.ports import Query, SecretBox, Store, Term, Threads
from factotum.core.single_flight import SingleFlight
from factotum.core.values import Record
from factotum.hooks.provider import Provider, described, providers
from factotum.records.webhook_listener import AT_ONCE, BODY_LIMIT
from factotum.usecases.behavior_book import FRESH

MOST = 10_000  # addresses that are remembered; strangers may ask for any


@dataclass(frozen=True, slots=True)
class Listener:
    """A webhook that takes calls. ``secrets`` are those it takes signatures of, none where unsigned."""

    record: Record
    provider: Provider | None = None
    secrets: Sequence[str] = field(default=(), repr=False)

    @property
    def id(self) -> int:
        """The record's."""
        return self.record.id

    @property
    def guid(self) -> str:
        """What stands in its address."""
        return str(self.record["guid"])

    @property
    def behavior_id(self) -> str:
        """The behavior it starts, "" where it names none."""
        return str((self.record.get("extension_params") or {}).get("behavior_id") or "")

    @property
    def body_limit(self) -> int:
        """Bytes."""
        return int(self.record.get("body_limit") or BODY_LIMIT)

    @property
    def answers_at_once(self) -> bool:
        """Whether its caller does not wait for the behavior."""
        return bool(self.record.get("answer") == AT_ONCE)

    @property
    def delivery(self) -> Sequence[str]:
        """Where a delivery's id stands (``hooks.delivery_id``)."""
        own = str(self.record.get("delivery_header") or "")
        known = self.provider.delivery if self.provider else ()
        return (f"header:{own}", *known) if own else known


class Listeners:
    """Webhooks by guid. A change by another process is seen within a second."""

    def __init__(self, store: Store, secrets: SecretBox, threads: Threads) -> None:
        self._store = store
        self._secrets = secrets
        self._threads = threads
        self._kept: dict[str, tuple[float, Listener | None]] = {}
        self._looking: SingleFlight[Listener | None] = SingleFlight()
        self._changes = 0

    def forget(self) -> None:
        """Look them up anew: something was changed in this process."""
        self._changes += 1
        self._kept.clear()

    async def at(self, guid: str) -> Listener:
        """Who listens there; NotFound where nobody does, or where it is disabled."""
        read_at, listener = self._kept.get(guid, (-FRESH, None))
        if monotonic() - read_at > FRESH:
            flight = guid, self._changes
            listener = await self._looking.fly(flight, lambda: self._look_up(guid))
        if listener is None:
            raise NotFound("There is no webhook at this address.")
        return listener

    async def _look_up(self, guid: str) -> Listener | None:
        changes = self._changes
        listener = await self._threads.run(self._read, guid)
        if changes == self._changes:  # else it may be what was there before
            if len(self._kept) > MOST:
                self._kept.clear()
            self._kept[guid] = (monotonic(), listener)
        return listener

    def _read(self, guid: str) -> Listener | None:
        record = self._find(guid)
        if record is None or record.get("is_disabled"):
            return None
        signed_by = str(record.get("signed_by") or "")
        if not signed_by:
            return Listener(record)
        # one that is not known here is never taken for unsigned: KeyError answers 500
        provider = described(providers()[signed_by], record.values)
        sealed = self._secrets.open(record.ref).get("signing_secret", "")
        return Listener(
            record, provider, [line for one in sealed.splitlines() if (line := one.strip())]
        )

    def _find(self, guid: str) -> Record | None:
        if not guid or not guid.isprintable():  # what no database holds
            return None
        query = Query(terms=(Term("guid", "is", guid),), limit=1)
        found = self._store.find("webhook_listener", query)
        return found.records[0] if found.records else None
