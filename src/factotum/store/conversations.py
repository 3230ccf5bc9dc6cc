"""Chats of workers with bots: fulfils ``runs.ports.Conversations``."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from django.db.models import F

from factotum.runs.ports import Conversation
from factotum.runs.run import Run
from factotum.store.models import Conversation as Row

BOOKKEEPING = ("created_at", "updated_at")


class StoredConversations:
    """One row a chat."""

    def create(self, worker_id: int, bot_id: int, title: str) -> Conversation:
        """A new one."""
        now = time.time()
        row = Row.objects.create(
            worker_id=worker_id, bot_id=bot_id, title=title, created_at=now, updated_at=now
        )
        return Conversation(row.pk, worker_id, bot_id, title, messages=[])

    def get(self, conversation_id: int) -> Conversation | None:
        """The chat, or None."""
        row = Row.objects.filter(pk=conversation_id).values().first()
        return _chat(row) if row else None

    def of(self, worker_id: int, limit: int = 50) -> Sequence[Conversation]:
        """A worker's latest chats, newest first."""
        rows = Row.objects.filter(worker_id=worker_id).order_by("-pk").values()[:limit]
        return [_chat(row) for row in rows]

    def take_turn(self, conversation_id: int, turn: int, run: Run) -> bool:
        """Atomically: where ``turn`` is still the current one and no run is busy, make it this run's.

        The stored ``turn`` goes up by one. False where somebody was faster.
        """
        rows = Row.objects.filter(pk=conversation_id, turn=turn, busy_run="", is_open=True)
        busy = {"busy_run": run.id, "busy_by": run.executor}
        return rows.update(turn=F("turn") + 1, updated_at=time.time(), **busy) == 1

    def save(self, conversation: Conversation) -> None:
        """Keep it as it is now."""
        values = {each.name: getattr(conversation, each.name) for each in fields(conversation)}
        Row.objects.filter(pk=values.pop("id")).update(**values, updated_at=time.time())


def _chat(row: Mapping[str, Any]) -> Conversation:
    values = {key: value for key, value in row.items() if key not in BOOKKEEPING}
    return Conversation(**values)
