"""One-time links that sign a person in: looked at as often as wanted, used once."""

from __future__ import annotations

import secrets

from factotum.store.models import SignInLink
from factotum.store.tokens import hash_of


class SignInLinks:
    """Made for one worker, good until a time. All times are seconds since 1970."""

    def create(self, worker_id: int, now: float, expires_at: float) -> str:
        """The link's token; only its hash is kept."""
        token = secrets.token_urlsafe(32)
        SignInLink.objects.create(
            hash=hash_of(token), worker_id=worker_id, created_at=now, expires_at=expires_at
        )
        return token

    def worker_of(self, token: str, now: float) -> int | None:
        """Whom it would sign in; None for an unknown, used or expired one, or a disabled person."""
        rows = SignInLink.objects.filter(
            hash=hash_of(token), used_at=None, expires_at__gt=now, worker__is_disabled=False
        )
        return rows.values_list("worker_id", flat=True).first()

    def take(self, token: str, now: float) -> int | None:
        """The worker, once: of any number that come at the same time one gets it."""
        worker_id = self.worker_of(token, now)
        if worker_id is None:
            return None
        rows = SignInLink.objects.filter(hash=hash_of(token), used_at=None, expires_at__gt=now)
        return worker_id if rows.update(used_at=now) == 1 else None
