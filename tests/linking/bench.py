"""A whole installation's worth of linking on in-memory stores, with a real door and providers."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.parse
import urllib.request

from tests.fakes.memory_linking import (
    MemoryLeases,
    MemoryPendingLinks,
    MovableClock,
    WorkerThreads,
)
from tests.fakes.memory_store import MemorySecretBox, MemoryStore

from factotum.auth.scheme import load_schemes, schemes
from factotum.core.values import Actor, Record
from factotum.linking.connection import Connections
from factotum.linking.flow import LinkEnd, Linking
from factotum.linking.keyring import Keyring
from factotum.linking.refresh import Refresher
from factotum.net.door import Door
from factotum.records.record_type import load_record_types

CALLBACK = "https://bots.example.com/oauth/callback"
OAUTH1 = "cerb.service.provider.oauth1"
OAUTH2 = "cerb.service.provider.oauth2"

ADMIN = Actor(1, "Admin", is_admin=True)
ALICE = Actor(2, "Alice")
BOB = Actor(3, "Bob")

load_schemes()
load_record_types()


class Bench:
    """``process()`` makes a second set of the same parts on the same store, as another process is."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.store = MemoryStore()
        self.box = MemorySecretBox(self.store)
        self.links = MemoryPendingLinks()
        self.leases = MemoryLeases()
        self.threads = WorkerThreads()
        self.clock = MovableClock()
        self.connections = Connections(self.store, self.box)
        self.linking = Linking(self.connections, self.links, door, self.threads, self.clock)
        self.refresher, self.keyring = self.process(self.connections)

    def process(self, connections: Connections | None = None) -> tuple[Refresher, Keyring]:
        connections = connections or Connections(self.store, self.box)
        refresher = Refresher(connections, self.leases, self.door, self.threads, self.clock)
        return refresher, Keyring(connections, refresher, self.threads, self.clock)

    def service(self, extension_id: str, params: dict, **values) -> Record:
        public, secret = schemes[extension_id].service_fields.split(params)
        service = self.store.create(
            "connected_service",
            {"name": "Provider", "extension_id": extension_id, "params": public, **values},
        )
        self.box.seal(service.ref, secret)
        return service

    def account(self, service: Record, owner: Actor = ALICE, **values) -> Record:
        return self.store.create(
            "connected_account",
            {
                "name": "Our account",
                "service_id": service.id,
                "owner__context": "worker",
                "owner_id": owner.worker_id,
                **values,
            },
        )

    async def link(self, account: Record, actor: Actor = ALICE, **form: str) -> LinkEnd:
        """The whole way, consent given."""
        start = await self.linking.start(account.ref, actor, CALLBACK)
        return await self.linking.finish(actor, await consent(start.url, **form))

    def held(self, account: Record) -> tuple:
        """Everything the account has, for comparing before and after."""
        return self.store.get(account.ref), self.box.open(account.ref)


async def consent(url: str, decision: str = "allow", **form: str) -> dict[str, str]:
    """What the callback is given after the person has pressed a button at the provider."""
    return dict(
        urllib.parse.parse_qsl(urllib.parse.urlsplit(await sent_to(url, decision, **form)).query)
    )


async def sent_to(url: str, decision: str = "allow", **form: str) -> str:
    """The address that the browser is sent to after consent."""
    return await asyncio.to_thread(_press, url, {"decision": decision, **form})


def _press(url: str, form: dict[str, str]) -> str:
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(url, urllib.parse.urlencode(form).encode()) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as redirect:
        with redirect:
            return redirect.headers["Location"]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None
