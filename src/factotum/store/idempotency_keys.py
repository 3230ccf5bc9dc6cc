"""``Idempotency-Key`` of API calls: fulfils ``runs.ports.IdempotencyKeys``."""

from __future__ import annotations

import hashlib
import time

from django.db import transaction

from factotum.store.models import IdempotencyKey


class StoredIdempotencyKeys:
    """A row a key of one actor."""

    def claim(self, actor: str, key: str, fingerprint: str, run_id: str) -> tuple[str, str]:
        """(fingerprint, run id) kept under the key: these where it was free, else the earlier ones."""
        text = f"{len(actor)}:{actor}{key}".encode("utf-8", "surrogatepass")
        row = IdempotencyKey(
            hash=hashlib.sha256(text).digest(),
            fingerprint=fingerprint,
            run_id=run_id,
            created_at=time.time(),
        )
        with transaction.atomic():
            IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
            kept = IdempotencyKey.objects.get(pk=row.hash)
        return kept.fingerprint, kept.run_id

    def purge(self, before: float) -> int:
        """Forget keys claimed before then; how many."""
        return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]
