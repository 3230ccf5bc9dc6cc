"""Consents that have not come back yet: fulfils ``linking.ports.PendingLinks``.

What a scheme wants kept (a token secret, a verifier) is sealed under a key of its own and bound to
the state, account, worker and scheme; the state itself is stored as a hash only.
"""

from __future__ import annotations

import json
from dataclasses import replace

from factotum.linking.ports import PendingLink
from factotum.store.envelope import NONCE_BYTES, Context, new_key, seal, unseal, unwrap, wrap
from factotum.store.models import PendingLink as Row
from factotum.store.root_key import KEY_BYTES, RootKey
from factotum.store.tokens import hash_of

WRAPPED = NONCE_BYTES + KEY_BYTES + 16  # a data key sealed with its tag; what it seals follows


class StoredPendingLinks:
    """A row a consent."""

    def __init__(self, root: RootKey) -> None:
        self._root = root

    def save(self, state: str, pending: PendingLink) -> None:
        """Keep it."""
        key, context = new_key(), _context(hash_of(state), pending)
        clear = json.dumps(dict(pending.kept)).encode()
        Row.objects.update_or_create(
            state_hash=hash_of(state),
            defaults={
                "account_id": pending.account_id,
                "worker_id": pending.worker_id,
                "scheme": pending.scheme,
                "callback_url": pending.callback_url,
                "kept": wrap(self._root, key, context) + seal(key, clear, context),
                "root_key_id": self._root.id,
                "created_at": pending.created_at,
                "expires_at": pending.expires_at,
                "taken_at": pending.taken_at,
            },
        )

    def get(self, state: str) -> PendingLink | None:
        """The one with this state, also when it is taken or expired, or None."""
        row = Row.objects.filter(state_hash=hash_of(state)).first()
        return self._opened(row) if row else None

    def latest(self, account_id: int, worker_id: int | None) -> PendingLink | None:
        """The newest of this account and worker that is not taken, or None."""
        rows = Row.objects.filter(account_id=account_id, worker_id=worker_id, taken_at=None)
        row = rows.order_by("-created_at", "-pk").first()
        return self._opened(row) if row else None

    def take(self, state: str, at: float) -> bool:
        """Mark it taken; atomically True for one caller ever, False for every other."""
        rows = Row.objects.filter(state_hash=hash_of(state), taken_at=None)
        return rows.update(taken_at=at) == 1

    def forget_before(self, at: float) -> None:
        """Remove those that expired before then."""
        Row.objects.filter(expires_at__lt=at).delete()

    def _opened(self, row: Row) -> PendingLink:
        pending = PendingLink(
            account_id=row.account_id,
            worker_id=row.worker_id,
            scheme=row.scheme,
            callback_url=row.callback_url,
            kept={},
            created_at=row.created_at,
            expires_at=row.expires_at,
            taken_at=row.taken_at,
        )
        context = _context(row.state_hash, pending)
        sealed = bytes(row.kept)
        key = unwrap(self._root, sealed[:WRAPPED], context)
        return replace(pending, kept=json.loads(unseal(key, sealed[WRAPPED:], context)))


def _context(state_hash: str, pending: PendingLink) -> Context:
    worker_id = pending.worker_id or 0
    return ("pending link", state_hash, pending.account_id, worker_id, pending.scheme)
