"""The metrics of this process, in Prometheus' words: https://prometheus.io/docs/practices/naming/

No label has a value that a person, a service or a stranger chooses: no names, no addresses. Where a
value comes from an error's code, ``Few`` keeps it to a number that does not grow.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.metrics import MetricWrapperBase

from factotum import __version__

M = TypeVar("M", bound=MetricWrapperBase)

DRIVERS = ("attended", "durable", "simulated")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LONG = (*SECONDS, 120.0, 600.0, 3600.0, 86400.0)
ENTRIES = (1, 2, 5, 10, 20, 50, 100, 200)
MOST_VALUES = 64
"""Sets of labels that one metric has at most; what comes after is counted as ``other``."""


class Few(Generic[M]):
    """A metric's children by their labels, found without the library's lock; at most so many.

    >>> requests = Few(Counter("requests", "Requests", ["status"], registry=None))
    >>> requests["200"].inc()
    """

    def __init__(self, metric: M, most: int = MOST_VALUES) -> None:
        self._metric = metric
        self._most = most
        self._children: dict[Hashable, M] = {}

    def __getitem__(self, values: str | tuple[str, ...]) -> M:
        child = self._children.get(values)
        return child if child is not None else self._new(values)

    def _new(self, values: str | tuple[str, ...]) -> M:
        labels = (values,) if isinstance(values, str) else values
        if len(self._children) >= self._most:
            return self._metric.labels(*("other" for _ in labels))
        child = self._children[values] = self._metric.labels(*labels)
        return child


class Meters:
    """What is counted here; ``registry`` holds nothing of any other library.

    One of several processes tells nothing of its own memory and processor (``telemetry.several``).
    """

    def __init__(self, *, is_one_of_several: bool = False) -> None:
        # a series more for each, which nobody asks for
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's
        self.registry = CollectorRegistry()
        if not is_one_of_several:
            ProcessCollector(registry=self.registry)
            GCCollector(registry=self.registry)
        build = Info("factotum_build", "This version of Factotum.", registry=self.registry)
        build.info({"version": __version__, "python": platform.python_version()})
        self._count_runs()
        self._count_requests()
        self._count_the_rest()

    def _count_runs(self) -> None:
        self.started = Few(self._counter("runs_started", "Runs begun here.", "driver"))
        self.ended = Few(self._counter("runs_ended", "Runs ended here.", "driver", "status"))
        self.durations = Few(
            self._histogram(
                "run_duration_seconds", "From a run's start to its end, waits included.", LONG
            )("driver")
        )
        self.steps = Few(self._counter("steps", "Steps written to journals.", "driver"))
        self.waits = Few(self._counter("run_waits", "Runs parked to wait, by why.", "code"))
        for driver in DRIVERS:
            self.started[driver].inc(0)
            self.ended[driver, "done"].inc(0)

    def _count_requests(self) -> None:
        what = "Requests sent or refused, by whether an account signs them."
        names = ("signed", "safe", "status")
        self.requests = Few(self._counter("requests", what, *names), most=256)
        what = "How long requests took, redirects included."
        seconds = self._histogram("request_duration_seconds", what, SECONDS)
        self.request_seconds = Few(seconds("signed", "safe"))
        self.effects = Few(
            self._counter("effects", "Unsafe requests in the ledger that became so.", "state")
        )

    def _count_the_rest(self) -> None:
        what = "Requests for which there was no room, as reckoned here or as the service said."
        self.no_room = Few(self._counter("limit_waits", what, "code", "said_by"))
        self.over_budget = self._counter("budget_refusals", "Requests kept back by a budget.")
        self.takeovers = self._counter("takeovers", "Dead processes whose work was taken over.")
        self.taken_over = self._counter("taken_over_runs", "Durable runs taken over from them.")
        what = "How long the journal's transactions took."
        self.commits = self._histogram("journal_commit_seconds", what, SECONDS)()
        what = "Entries that shared a transaction."
        self.batches = self._histogram("journal_batch_entries", what, ENTRIES)()

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"factotum_{name}", what, labels, registry=self.registry)

    def _histogram(
        self, name: str, what: str, buckets: Iterable[float]
    ) -> Callable[..., Histogram]:
        def with_labels(*labels: str) -> Histogram:
            return Histogram(
                f"factotum_{name}", what, labels, registry=self.registry, buckets=tuple(buckets)
            )

        return with_labels
