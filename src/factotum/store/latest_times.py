"""What the clock has shown: fulfils ``runs.set_back.LatestTimes``."""

from __future__ import annotations

from factotum.store.models import LatestTime


class StoredLatestTimes:
    """A row a name."""

    def latest(self, name: str) -> float | None:
        """What was kept, or None."""
        return LatestTime.objects.filter(pk=name).values_list("at", flat=True).first()

    def keep(self, name: str, at: float) -> None:
        """It shows this now."""
        LatestTime.objects.update_or_create(pk=name, defaults={"at": at})
