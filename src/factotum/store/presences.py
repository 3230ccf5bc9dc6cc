"""Counters of living processes: fulfils ``runs.presence.Presences``."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F

from factotum.store.models import Executor


class StoredPresences:
    """A row a process; it goes when the process ends cleanly."""

    def enter(self, executor_id: str) -> int:
        """Begin to count for this process, or begin again; from which number."""
        row, _ = Executor.objects.update_or_create(
            pk=executor_id,
            defaults={"beats": F("beats") + 1, "entered": F("beats") + 1, "is_dead": False},
            create_defaults={"beats": 0, "is_dead": False},
        )
        row.refresh_from_db(fields=["beats"])
        return row.beats

    def beat(self, executor_id: str) -> bool:
        """Count on; False where this process was marked dead."""
        mine = Executor.objects.filter(pk=executor_id, is_dead=False)
        return mine.update(beats=F("beats") + 1) == 1

    def leave(self, executor_id: str) -> None:
        """The process has ended and has nothing under way."""
        Executor.objects.filter(pk=executor_id).delete()

    def die(self, executor_id: str) -> None:
        """The process ends, and may have left something under way."""
        Executor.objects.filter(pk=executor_id).update(is_dead=True)

    def all(self) -> Mapping[str, tuple[int, bool]]:
        """Executor id → its counter, and whether it is marked dead."""
        rows = Executor.objects.values_list("pk", "beats", "is_dead")
        return {key: (beats, is_dead) for key, beats, is_dead in rows}

    def mark_dead(self, executor_id: str, beats: int) -> bool:
        """Mark it, unless its counter has moved; whether it is marked now."""
        same = Executor.objects.filter(pk=executor_id, beats=beats)
        return same.update(is_dead=True) == 1
