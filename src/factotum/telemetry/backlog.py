"""What waits in the database, as metrics: the same for every process, so only ``serve`` tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts of runs, effects and schedules; ages in seconds."""

    queued: int = 0
    oldest_queued: float = 0.0
    waiting: Mapping[str, int] = field(default_factory=dict)
    unknown_effects: int = 0
    late_schedules: int = 0
    latest_schedule: float = 0.0


class BacklogMetrics(Collector):
    """One look at the backlog for a registry."""

    def __init__(self, backlog: Backlog) -> None:
        self._backlog = backlog

    def collect(self) -> Iterable[Metric]:
        """What the library asks for."""
        seen = self._backlog
        waiting = GaugeMetricFamily(
            "factotum_waiting_runs", "Runs that wait, by why.", labels=["code"]
        )
        for code, count in sorted(seen.waiting.items()):
            waiting.add_metric([code], count)
        yield waiting
        yield from _plain(seen)


def _plain(seen: Backlog) -> Iterator[Metric]:
    for name, what, value in (
        ("queued_runs", "Durable runs that nobody walks yet.", seen.queued),
        ("oldest_queued_seconds", "How long ago the oldest of them began.", seen.oldest_queued),
        ("unknown_effects", "Effects of which nobody knows.", seen.unknown_effects),
        ("late_schedules", "Schedules due more than a minute ago.", seen.late_schedules),
        ("latest_schedule_seconds", "How late the latest of them is.", seen.latest_schedule),
    ):
        yield GaugeMetricFamily(f"factotum_{name}", what, value=value)
