"""Everything told of this process, put together for ``bootstrap``."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIServer

from prometheus_client import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from factotum.config import Config
from factotum.core.ports import Clock, Sender, Threads
from factotum.telemetry import several
from factotum.telemetry.backlog import BacklogMetrics
from factotum.telemetry.counted import CountedSender
from factotum.telemetry.meters import Meters
from factotum.telemetry.port import answer_on
from factotum.telemetry.watching import Watching

if TYPE_CHECKING:
    from factotum.telemetry.spans import Spans

NEEDED = "opentelemetry.exporter.otlp.proto.http"

log = logging.getLogger(__name__)


class Telemetry:
    """Metrics always; spans where OTEL_EXPORTER_OTLP_ENDPOINT says where to send them."""

    def __init__(self, config: Config, threads: Threads, clock: Clock) -> None:
        self._threads = threads
        self._clock = clock
        self._part = config.part
        self._address = None if config.part else config.metrics_address
        self._told = config.trace_hosts
        self._server: WSGIServer | None = None
        if config.part is not None:
            several.count_in(config.part)
        self.meters = Meters(is_one_of_several=config.part is not None)
        self.spans = _spans() if config.has_spans else None
        self.watcher = Watching(self.meters, self.spans)

    def sender(self, sender: Sender) -> Sender:
        """The same sender, watched."""
        counted = CountedSender(sender, self.meters)
        return counted if self.spans is None else self.spans.traced(counted, self._told)

    async def exposition(self, accept: str) -> tuple[str, bytes]:
        """(media type, text) of this process's metrics and of what waits in the database.

        Of several processes at one address, the metrics of all. ``accept`` is the caller's: Prometheus' text format, or OpenMetrics where it is asked for.
        """
        from factotum.telemetry.looking import look  # noqa: PLC0415  models need Django set up

        backlog = await self._threads.run(look, self._clock().at.timestamp())
        encoder, kind = choose_encoder(accept)
        registry = self.meters.registry
        counted = several.AllProcesses(registry, self._part.shared) if self._part else registry
        return kind, encoder(_Both(counted, BacklogMetrics(backlog)))

    def open(self) -> None:
        """Answer on FACTOTUM_METRICS_PORT, where it is set."""
        if self._address is None or self._server is not None:
            return
        self._server = answer_on(self._address, self.meters.registry)

    async def close(self) -> None:
        """Stop answering; send the last spans."""
        server, self._server = self._server, None
        if server is not None:
            await self._threads.run(server.shutdown)
            server.server_close()
        if self.spans is not None:
            await self._threads.run(self.spans.flush)


class _Both(Collector):
    """Two collectors as one."""

    def __init__(self, *collectors: Collector) -> None:
        self._collectors = collectors

    def collect(self) -> Iterable[Metric]:
        for collector in self._collectors:
            yield from collector.collect()


def _spans() -> Spans | None:
    if find_spec("opentelemetry") is None or find_spec(NEEDED) is None:
        log.warning(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but what sends spans is not installed: "
            "pip install 'factotum-server[otel]'"
        )
        return None
    from factotum.telemetry.spans import Spans  # noqa: PLC0415  a second of imports for who wants it

    return Spans()
