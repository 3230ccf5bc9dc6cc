"""Small values that bots keep: fulfils ``runs.ports.BotKeys``."""

from __future__ import annotations

import hashlib

from django.db.models import Q

from factotum.records.values import UNKEPT
from factotum.store.models import BotKey


class StoredBotKeys:
    """A row a key. Keys are found by hash, so they may be of any length and text."""

    def get(self, bot_id: int, key: str, now: float) -> str:
        """The value, "" where there is none or it has expired."""
        alive = Q(expires_at=0) | Q(expires_at__gt=now)
        rows = BotKey.objects.filter(alive, bot_id=bot_id, hash=_hash(key))
        return rows.values_list("value", flat=True).first() or ""

    def set(self, bot_id: int, key: str, value: str, expires_at: int) -> None:
        """Keep it; "" forgets it; ``expires_at`` 0 never expires."""
        if not value:
            BotKey.objects.filter(bot_id=bot_id, hash=_hash(key)).delete()
            return
        kept = {"key": _text(key), "value": _text(value), "expires_at": expires_at}
        BotKey.objects.update_or_create(bot_id=bot_id, hash=_hash(key), defaults=kept)

    def purge(self, now: float) -> int:
        """Remove what has expired; how many."""
        return BotKey.objects.filter(expires_at__gt=0, expires_at__lte=now).delete()[0]


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _text(text: str) -> str:
    return UNKEPT.sub("\ufffd", text)
