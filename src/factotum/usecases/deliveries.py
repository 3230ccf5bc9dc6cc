"""What webhooks need kept: each delivery's run and answer, and what was turned away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from factotum.runs.run import Run
from factotum.usecases.webhook_call import WebhookReply


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of one webhook. ``received_at`` in seconds since 1970.

    ``status`` is that of its answer, None while there is none; ``repeats`` counts how often it came
    again.
    """

    listener_id: int
    delivery_id: str
    run_id: str
    received_at: float
    repeats: int = 0
    status: int | None = None


@dataclass(frozen=True, slots=True)
class RefusedDelivery:
    """One that was turned away: when (seconds since 1970), why, and from where."""

    at: float
    code: str
    sentence: str
    client_ip: str


@dataclass(frozen=True, slots=True)
class WebhookActivity:
    """What came to a webhook lately, newest first; ``refused`` counts all that were turned away."""

    deliveries: Sequence[Delivery] = ()
    refused: int = 0
    last_refused: Sequence[RefusedDelivery] = ()


class Deliveries(Protocol):
    """Synchronous, like every store (core.ports)."""

    def claim(self, delivery: Delivery, run: Run | None) -> tuple[bool, Delivery]:
        """(whether it is the first of its id, the first one); atomic across processes.

        Of a first one ``run``, where there is one, is written in the same transaction; else
        ``repeats`` of the first grows.
        """

    def answer(self, delivery: Delivery) -> WebhookReply | None:
        """What it was answered, or None."""

    def record(self, delivery: Delivery, reply: WebhookReply) -> None:
        """Keep its answer."""

    def refused(self, listener_id: int, count: int, last: Sequence[RefusedDelivery]) -> None:
        """Add some that were turned away."""

    def activity(self, listener_id: int, limit: int) -> WebhookActivity:
        """What came lately."""

    def purge(self, before: float) -> int:
        """Forget deliveries that came before then; how many."""
