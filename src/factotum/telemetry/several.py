"""Metrics of several processes that serve at one address: whichever is asked tells those of all.

Each counts in files of its own, by the library's own means for this
(https://prometheus.github.io/client_python/multiprocess/). Whoever takes the place of one that died
counts on where it stopped, so no counter ever goes back. What the kernel knows of a process is asked of
the kernel, and told with the process's number.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from factotum.part import Part
from factotum.telemetry import port
from factotum.telemetry.meters import Meters

KINDS = ("counter", "histogram")
FILE_BYTES = 1 << 20
"""Reserved for each at once: a disk that is full when a file would grow ends whoever counts in it."""


def reserve(folder: Path, processes: int) -> None:
    """Make the files of that many processes; OSError where there is no room."""
    for number in range(1, processes + 1):
        for kind in KINDS:
            with (folder / f"{kind}_{number}.db").open("xb") as file:
                file.write(bytes(FILE_BYTES))


def count_in(part: Part) -> None:
    """From now on metrics are made to count in this process's files."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = part.folder
    values.ValueClass = values.MultiProcessValue(lambda: part.number)  # type: ignore[no-untyped-call]  # the library's
    unfinished = part.shared / f"{part.number}.new"
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(part.shared / f"{part.number}.pid")


class AllProcesses(Collector):
    """What all of them have counted, in the words of one's ``registry``."""

    def __init__(self, registry: CollectorRegistry, folder: Path) -> None:
        self._registry = registry
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """What the library asks for."""
        found = MultiProcessCollector(None, str(self._folder)).collect()  # type: ignore[no-untyped-call]  # the library's
        counted = {metric.name: metric for metric in found}
        for metric in self._registry.collect():
            if metric.name in counted:
                metric.samples = counted[metric.name].samples
            yield metric
        yield from self._processes()

    def _processes(self) -> Iterator[Metric]:
        metrics: dict[str, Metric] = {}
        for file in sorted(self._folder.glob("*.pid")):
            watched = ProcessCollector(pid=file.read_text, registry=None)
            for metric in watched.collect():
                samples = [each._replace(labels={"process": file.stem}) for each in metric.samples]
                metric.samples = []
                metrics.setdefault(metric.name, metric).samples += samples
        yield from metrics.values()


def answer_on(address: tuple[str, int], folder: Path) -> None:
    """Tell them at a port of its own, as long as this process lives, which counts nothing itself."""
    registry = CollectorRegistry()
    registry.register(AllProcesses(Meters(is_one_of_several=True).registry, folder))
    port.answer_on(address, registry)
