"""Answers what a service asks of a webhook's address before it sends anything there."""

from __future__ import annotations

from collections import deque
from time import monotonic

from factotum.core.errors import Refused
from factotum.core.http import Request
from factotum.hooks.challenge import BEFORE, answered
from factotum.usecases.listeners import Listener
from factotum.usecases.webhook_call import WebhookReply

A_MINUTE = 30
"""Answers of one webhook. X asks once an hour, and when somebody registers the address."""


class Challenges:
    """One process's; a challenge starts no run."""

    def __init__(self) -> None:
        self._answered: dict[int, deque[float]] = {}

    def unsigned(self, listener: Listener, request: Request, path: str) -> WebhookReply | None:
        """For what comes before any signature; only at the address itself, not below it."""
        kind = listener.provider.challenge if listener.provider else ""
        return None if kind not in BEFORE or path else self._answer(kind, listener, request)

    def signed(self, listener: Listener, request: Request) -> WebhookReply | None:
        """For what was signed like a delivery."""
        kind = listener.provider.challenge if listener.provider else ""
        return None if kind != "echo" else self._answer(kind, listener, request)

    def _answer(self, kind: str, listener: Listener, request: Request) -> WebhookReply | None:
        answer = answered(kind, request, listener.secrets, listener.guid)
        if answer is None:
            return None
        if kind in BEFORE:
            self._count(listener.id)
        return WebhookReply(200, (("content-type", answer.content_type),), answer.body)

    def _count(self, listener_id: int) -> None:
        """Refused where too many were answered within a minute: these sign what strangers send."""
        times = self._answered.setdefault(listener_id, deque(maxlen=A_MINUTE))
        now = monotonic()
        if len(times) == A_MINUTE and now - times[0] < 60:
            raise Refused(
                "This webhook has answered too many challenges; ask again in a minute.",
                code="too-many-challenges",
            )
        times.append(now)
