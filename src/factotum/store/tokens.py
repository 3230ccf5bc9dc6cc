"""Bearer tokens of the API. A token is 256 random bits, so a plain SHA-256 is all that is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from factotum.core.values import Actor
from factotum.store.models import ApiToken, Worker

PREFIX = "fct_"  # so that secret scanners and people know one when they see it

USED_EVERY = 60  # seconds: how exact "last used" is, so that a busy token costs no write a call


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token without the token. Times are seconds since 1970, None for never."""

    id: int
    name: str
    worker_id: int | None
    scopes: Sequence[str]
    created_at: float
    last_used_at: float
    expires_at: float | None
    revoked_at: float | None


class ApiTokens:
    """Made, known again, revoked."""

    def create(
        self,
        name: str,
        scopes: Sequence[str],
        worker_id: int | None,
        now: float,
        expires_at: float | None = None,
    ) -> tuple[int, str]:
        """(id, the token itself): the only time it is in anyone's hands but the caller's."""
        token = PREFIX + secrets.token_urlsafe(32)
        row = ApiToken.objects.create(
            hash=hash_of(token),
            name=name,
            scopes=list(scopes),
            worker_id=worker_id,
            created_at=now,
            expires_at=expires_at,
        )
        return row.pk, token

    def actor(self, token: str, now: float) -> Actor | None:
        """Who a token stands for; None for none, a revoked or expired one, a disabled person's."""
        row = ApiToken.objects.select_related("worker").filter(hash=hash_of(token)).first()
        if row is None or row.revoked_at is not None:
            return None
        if row.expires_at is not None and row.expires_at <= now:
            return None
        if now - row.last_used_at >= USED_EVERY:
            ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
        return _actor(row.worker, frozenset(row.scopes))

    def list(self, worker_id: int | None = None) -> Sequence[TokenInfo]:
        """One worker's tokens, or all of them; newest first."""
        rows = ApiToken.objects.order_by("-pk")
        if worker_id is not None:
            rows = rows.filter(worker_id=worker_id)
        names = TokenInfo.__slots__
        return [TokenInfo(**row) for row in rows.values(*names)]

    def revoke(self, token_id: int, now: float, worker_id: int | None = None) -> bool:
        """It works no more; False where there is none (of that worker's)."""
        mine = Q() if worker_id is None else Q(worker_id=worker_id)
        rows = ApiToken.objects.filter(mine, pk=token_id, revoked_at=None)
        return rows.update(revoked_at=now) == 1


def hash_of(token: str) -> str:
    """What is kept of a token or a one-time link."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _actor(worker: Worker | None, scopes: frozenset[str]) -> Actor | None:
    if worker is None:
        return Actor(None, "Factotum", is_admin=True, via="api", scopes=scopes)
    if worker.is_disabled:
        return None
    return Actor(worker.pk, worker.name, is_admin=worker.is_admin, via="api", scopes=scopes)
