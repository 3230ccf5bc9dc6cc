"""What comes in at ``/webhooks/<guid>``: the listening behavior runs and its answer goes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from factotum.bots.triggers.webhook import answer_of, payload_of
from factotum.core.errors import NotFound
from factotum.core.http import Headers
from factotum.core.ports import Query, Store, Term, Threads
from factotum.core.single_flight import SingleFlight
from factotum.core.values import Actor, Record
from factotum.usecases.behavior_book import FRESH, BehaviorBook
from factotum.usecases.runner import Runner

CALLER = Actor(worker_id=None, name="webhook", via="webhook")


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One call as it came; ``path`` is what stands behind the guid, ``query`` is undecoded."""

    guid: str = field(repr=False)
    method: str
    path: str = ""
    query: str = ""
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    client_ip: str = ""


@dataclass(frozen=True, slots=True)
class WebhookReply:
    """What goes back, as bytes."""

    status: int
    headers: Headers
    body: bytes


class Webhooks:
    """Listeners by their guid."""

    def __init__(self, store: Store, threads: Threads, book: BehaviorBook, runner: Runner) -> None:
        self._store = store
        self._threads = threads
        self._book = book
        self._runner = runner
        self._listeners: dict[str, tuple[float, Record | None]] = {}
        self._looking: SingleFlight[Record | None] = SingleFlight()
        self._changes = 0

    def forget(self) -> None:
        """Look listeners up anew: something was changed in this process."""
        self._changes += 1
        self._listeners.clear()

    async def receive(self, call: WebhookCall) -> WebhookReply:
        """The behavior's answer; 500 where it failed. NotFound where nobody listens."""
        listener = await self._listener(call.guid)
        behavior_id = str((listener.get("extension_params") or {}).get("behavior_id") or "")
        behavior = await self._book.named(behavior_id)
        if behavior is None:
            raise NotFound(f"The webhook {listener.label} names no behavior.")
        context = self._runner.begin(
            listener.label, behavior.event.key, by=CALLER, behavior=behavior
        )
        values = await self._runner.walk(behavior, _payload(call), context)
        if context.journal.run.status == "failed" and not values:
            return WebhookReply(500, _PLAIN, b"The behavior behind this webhook failed.\n")
        return _reply(values)

    async def _listener(self, guid: str) -> Record:
        at, listener = self._listeners.get(guid, (-FRESH, None))
        if monotonic() - at > FRESH:
            flight = guid, self._changes
            listener = await self._looking.fly(flight, lambda: self._look_up(guid))
        if listener is None:
            raise NotFound("There is no webhook at this address.")
        return listener

    async def _look_up(self, guid: str) -> Record | None:
        changes = self._changes
        listener = await self._threads.run(self._find, guid)
        if changes == self._changes:  # else it may be what was there before
            if len(self._listeners) > 10_000:  # strangers may ask for any guid
                self._listeners.clear()
            self._listeners[guid] = (monotonic(), listener)
        return listener

    def _find(self, guid: str) -> Record | None:
        if not guid or not guid.isprintable():  # what no database holds
            return None
        query = Query(terms=(Term("guid", "is", guid),), limit=1)
        found = self._store.find("webhook_listener", query)
        return found.records[0] if found.records else None


_PLAIN: Headers = (("content-type", "text/plain; charset=utf-8"),)


def _payload(call: WebhookCall) -> dict[str, Any]:
    body = call.body.decode("utf-8", "replace")
    return payload_of(call.method, call.path, call.query, call.headers, body, call.client_ip)


def _reply(values: dict[str, Any]) -> WebhookReply:
    answer = answer_of(values)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    headers.setdefault("content-type", _kind_of(answer.body))
    return WebhookReply(answer.status, tuple(headers.items()), answer.body.encode())


def _kind_of(body: str) -> str:
    """What a body looks like, for answers that do not say: services refuse XML sent as HTML."""
    start = body.lstrip()[:5]
    if start == "<?xml":
        return "text/xml; charset=utf-8"
    if start[:1] in {"{", "["}:
        return "application/json; charset=utf-8"
    return "text/html; charset=utf-8"
