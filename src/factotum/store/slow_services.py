"""Who did not answer in time, as the ledger has it: fulfils ``runs.lateness.SlowServices``."""

from __future__ import annotations

from factotum.store.models import Effect


class StoredSlowServices:
    """Only what is unknown is looked through, which has an index of its own."""

    def is_slow(self, host: str, since: float) -> bool:
        """Whether a request sent since then got no answer in time, and nobody knows yet what became of it."""
        unknown = Effect.objects.open().filter(state="unknown", intended_at__gte=since)
        return unknown.filter(host=host, timed_out=True).exists()
