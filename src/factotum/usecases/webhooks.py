"""What comes in at ``/webhooks/<guid>``: checked, known by its id, answered once it is on disk.

An *attended* webhook is answered with what its behavior makes of the call. One that answers *at once*
starts a durable run and tells its id. A delivery that comes again runs nothing: it is answered as it
was before. Nothing is answered with a 2xx before its run is on disk.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.webhook import answer_of, payload_of
from factotum.core.errors import Refused
from factotum.core.http import Request
from factotum.core.ports import Clock, Threads
from factotum.core.queueing import deadline_in, priority_in
from factotum.core.values import Actor, Ref
from factotum.hooks.delivery_id import delivery_id
from factotum.hooks.verification import verify
from factotum.runs.context import RunContext
from factotum.runs.ports import RunStore
from factotum.runs.run import Run
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.challenges import Challenges
from factotum.usecases.deliveries import Deliveries, Delivery, WebhookActivity
from factotum.usecases.listeners import Listener, Listeners
from factotum.usecases.record_desk import RecordDesk
from factotum.usecases.refused_deliveries import RefusedCounter
from factotum.usecases.runner import Runner, new_run_id
from factotum.usecases.webhook_call import WebhookCall, WebhookReply, plain, refusal

CALLER = Actor(worker_id=None, name="webhook", via="webhook")
LOOK = 0.1  # seconds between looks for the answer that another call is about to get
LOOKS = 20
"""Two seconds in all: Slack, which waits the shortest, gives up after three."""


class DurableRuns(Protocol):
    """Runs that are done whatever becomes of this process (``usecases.durable``)."""

    async def submit(
        self,
        behavior: Behavior,
        *,
        run_id: str,
        trigger: str,
        by: Actor,
        title: str,
        payload: Mapping[str, Any],
        priority: int,
        deadline: float | None,
    ) -> Run:
        """The run, on disk; a second submit with the same id changes nothing."""


class Webhooks:
    """Takes calls for listeners."""

    def __init__(
        self,
        *,
        listeners: Listeners,
        book: BehaviorBook,
        runner: Runner,
        runs: RunStore,
        durable: DurableRuns,
        deliveries: Deliveries,
        refused: RefusedCounter,
        records: RecordDesk,
        threads: Threads,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._listeners = listeners
        self._book = book
        self._runner = runner
        self._runs = runs
        self._durable = durable
        self._deliveries = deliveries
        self._refused = refused
        self._records = records
        self._threads = threads
        self._clock = clock
        self._base_url = base_url
        self._challenges = Challenges()

    async def body_limit(self, guid: str) -> int:
        """How many bytes its caller may send; NotFound where nobody listens."""
        return (await self._listeners.at(guid)).body_limit

    async def receive(self, call: WebhookCall) -> WebhookReply:
        """The answer; a problem document where the call is refused, then nothing has run.

        NotFound where nobody listens. 500 where the behavior failed.
        """
        listener = await self._listeners.at(call.guid)
        request = Request(call.method, self._base_url + call.target, call.headers, call.body)
        try:
            challenge = self._check(listener, request, call)
        except Refused as why:
            self._refused.note(listener.id, why, call.client_ip)
            return refusal(why)
        if challenge is not None:
            return challenge
        behavior = await self._book.named(listener.behavior_id)
        if behavior is None:
            return FAILED
        known_as = delivery_id(listener.delivery, request)
        answer = self._at_once if listener.answers_at_once else self._attended
        return await answer(listener, call, behavior, known_as)

    async def activity(self, actor: Actor, listener_id: int, limit: int = 20) -> WebhookActivity:
        """What came to a webhook lately; NotFound where this actor may not see it."""
        listener = await self._records.get(actor, Ref("webhook_listener", listener_id))
        return await self._threads.run(self._deliveries.activity, listener.id, limit)

    def _check(
        self, listener: Listener, request: Request, call: WebhookCall
    ) -> WebhookReply | None:
        """The answer to a challenge, None for a delivery that may be taken; Refused for others."""
        if call.is_too_large:
            raise Refused(
                f"The body is larger than the {listener.body_limit} bytes that this webhook takes.",
                code="too-large",
            )
        asked = self._challenges.unsigned(listener, request, call.path)
        if asked is not None or listener.provider is None:
            return asked
        verify(listener.provider, listener.secrets, request, self._clock().timestamp)
        return self._challenges.signed(listener, request)

    async def _at_once(
        self, listener: Listener, call: WebhookCall, behavior: Behavior, known_as: str
    ) -> WebhookReply:
        delivery = self._delivery(listener, known_as)
        if known_as:
            _, delivery = await self._threads.run(self._deliveries.claim, delivery, None)
        # also when it comes again: the first may have been cut off before it got here
        run = await self._durable.submit(
            behavior,
            run_id=delivery.run_id,
            trigger=behavior.event.key,
            by=CALLER,
            title=listener.record.label,
            payload=_payload(call, listener),
            priority=priority_in(listener.record.values),
            deadline=deadline_in(listener.record.values, delivery.received_at),
        )
        told = {"run": run.id, "url": f"{self._base_url}/runs/{run.id}"}
        kind = (("content-type", "application/json"),)
        return WebhookReply(202, kind, json.dumps(told).encode())

    async def _attended(
        self, listener: Listener, call: WebhookCall, behavior: Behavior, known_as: str
    ) -> WebhookReply:
        context = self._runner.begin(
            listener.record.label, behavior.event.key, by=CALLER, behavior=behavior
        )
        if not known_as:
            return await self._walk(listener, call, behavior, context)
        delivery = self._delivery(listener, known_as)
        run = context.journal.run = replace(context.journal.run, id=delivery.run_id)
        is_first, first = await self._threads.run(self._deliveries.claim, delivery, run)
        if not is_first:
            return await self._again(first)
        reply = await self._walk(listener, call, behavior, context)
        await self._threads.run(self._deliveries.record, delivery, reply)
        return reply

    def _delivery(self, listener: Listener, known_as: str) -> Delivery:
        """This delivery as a new one; what follows the time in its run's id follows from its own."""
        moment = self._clock()
        run_id = new_run_id(moment)
        if known_as:
            text = f"{listener.id}:{known_as}".encode("utf-8", "surrogatepass")
            run_id = run_id[:12] + hashlib.sha256(text).hexdigest()[:20]
        return Delivery(listener.id, known_as, run_id, moment.at.timestamp())

    async def _walk(
        self, listener: Listener, call: WebhookCall, behavior: Behavior, context: RunContext
    ) -> WebhookReply:
        values = await self._runner.walk(behavior, _payload(call, listener), context)
        await context.journal.settled()
        if context.journal.run.status == "failed" and not values:
            return FAILED
        return _reply(values)

    async def _again(self, first: Delivery) -> WebhookReply:
        """The answer of the call that was first, once it has one; 409 while it has none."""
        run: Run | None = None
        for _ in range(LOOKS):
            reply = await self._threads.run(self._deliveries.answer, first)
            if reply is not None:
                return reply
            run = await self._threads.run(self._runs.get, first.run_id)
            if run is None or run.status == "interrupted":
                return INTERRUPTED
            await asyncio.sleep(LOOK)
        if run is not None and run.status in {"done", "failed"}:
            # it ended, and its process before it wrote down what it answered
            return _reply(dict(run.placeholders)) if run.placeholders else FAILED
        return refusal(Refused(UNDER_WAY, code="under-way"))


FAILED = plain(500, "The behavior behind this webhook failed.")
INTERRUPTED = plain(
    500,
    "This delivery came before, and what it started was interrupted. It is not started again by "
    "itself; look at its run.",
)
UNDER_WAY = "This delivery came before and is still under way; ask again for its answer."


def _payload(call: WebhookCall, listener: Listener) -> dict[str, Any]:
    """The event as the behavior sees it: without the secret, where that is what is sent."""
    body = call.body.decode("utf-8", "replace")
    headers = call.headers
    if listener.provider is not None and listener.provider.signature.is_plain:
        hidden = listener.provider.signature.header
        headers = tuple(pair for pair in headers if pair[0] != hidden)
    return payload_of(call.method, call.path, call.query, headers, body, call.client_ip)


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
