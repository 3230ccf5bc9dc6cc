"""The whole product wired in this process: on the test's database, with a sandbox in X's place."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from factotum.bootstrap import settle
from factotum.bootstrap.product import wired
from factotum.config import load
from factotum.core.values import Actor, Ref
from factotum.sandbox.model import App as SandboxApp
from factotum.sandbox.server import Running
from factotum.sandbox.steering import consent
from factotum.sandbox.switches import turn_on
from factotum.usecases.app import App

BASE_URL = "http://127.0.0.1:8000"
CALLBACK = f"{BASE_URL}/oauth/callback"
THE_APP = Actor.app("cli")


@dataclass
class Office:
    """The product's verbs, the sandbox behind it, and people who use it."""

    app: App
    sandbox: Running
    parts: Any = field(repr=False)

    async def worker(self, name: str, *, is_admin: bool = False) -> Actor:
        record = await self.app.add_worker(THE_APP, name, is_admin=is_admin)
        return Actor(record.id, name, is_admin=is_admin, via="page")

    def registered(self) -> SandboxApp:
        """An app at the sandbox that may send people back to us."""
        return self.sandbox.state.ensure_app("Help desk", [CALLBACK])

    async def linked(self, actor: Actor, account_id: int, username: str = "alice") -> None:
        """Link an account by consent at the sandbox, the way a browser would."""
        started = await self.app.link_start(actor, Ref("connected_account", account_id))
        address = self.consented(started.url, username)
        await self.app.link_paste(actor, Ref("connected_account", account_id), address)

    def consented(self, authorize_url: str, username: str = "alice", *, allow: bool = True) -> str:
        """Where the provider sends the browser after its consent page."""
        user = self.sandbox.state.user_named(username) if allow else None
        return consent(self.sandbox.state, authorize_url, user)["location"]

    def fail(self, fault: str, **more: Any) -> None:
        """Let the sandbox fail from now on."""
        turn_on(self.sandbox.state, fault, **more)

    def seen(self, method: str, path: str) -> list[Any]:
        """What came to one of the sandbox's addresses."""
        return [one for one in self.sandbox.state.seen if (one.method, one.path) == (method, path)]

    async def until_seen(self, method: str, path: str) -> None:
        """Wait until a request has come to the sandbox, which answers in another thread."""
        while not self.seen(method, path):  # noqa: ASYNC110  nothing there sets an event
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def office(folder: Path, sandbox: Running, **settings: str) -> AsyncIterator[Office]:
    """An office that is closed at the end; ``settings`` without their FACTOTUM_."""
    environ = {
        "DATA": str(folder),
        "ROOT_KEY": "6b" * 32,
        "BASE_URL": BASE_URL,
        "SANDBOX_URL": sandbox.url,
        "ALLOW_HOSTS": "127.0.0.1/32",
        **settings,
    }
    config = load({f"FACTOTUM_{name}": value for name, value in environ.items()})
    parts = wired(config)
    await parts.outside.threads.run(parts.walking.sealer.open)
    try:
        yield Office(parts.app, sandbox, parts)
    finally:
        await settle(parts)
        parts.outside.threads.close()
