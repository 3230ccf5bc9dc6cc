"""OpenTelemetry spans of runs and requests, sent by OTLP over HTTP. Imported only where that is wanted.

A run's trace has the run's id, unless whoever called said another (``traceparent``): so what several
processes do for one run is one trace. Attributes of requests are those of the conventions for HTTP:
https://opentelemetry.io/docs/specs/semconv/http/http-spans/ less ``url.full``, whose path and query
may hold what is nobody's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from factotum import __version__
from factotum.core.errors import FactotumError
from factotum.core.http import Request, Response
from factotum.core.ports import Sender, SendOptions
from factotum.net import targets
from factotum.net.hosts import is_listed
from factotum.runs.context import RunContext
from factotum.runs.run import Run
from factotum.telemetry.incoming import incoming

HEADER = "traceparent"
PLAIN = SendOptions()
METHODS = frozenset(
    ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]
)  # RFC 9110, PATCH
FLUSH_MS = 3000  # how long the last spans are waited for

_W3C = TraceContextTextMapPropagator()
_next_trace: ContextVar[int] = ContextVar("next_trace", default=0)


class _Ids(RandomIdGenerator):
    """The ids that are asked for, else random ones."""

    def generate_trace_id(self) -> int:
        return _next_trace.get() or super().generate_trace_id()


class Spans:
    """Makes them; ``exporter`` takes them instead of OTLP's, which its own variables steer."""

    def __init__(self, exporter: SpanExporter | None = None) -> None:
        named = Resource({SERVICE_NAME: "factotum", SERVICE_VERSION: __version__})
        resource = Resource.create().merge(named).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, id_generator=_Ids())
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("factotum", __version__)

    @contextmanager
    def walking(self, context: RunContext, caller: str = "") -> Iterator[None]:
        """A span around a walk."""
        run = context.journal.run
        parent = _W3C.extract({HEADER: caller or incoming.get()}, Context())
        token = _next_trace.set(int(run.id, 16))
        try:
            span = self._tracer.start_span(
                f"run {run.driver}", parent, SpanKind.INTERNAL, _of_begun(run)
            )
        finally:
            _next_trace.reset(token)
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            try:
                yield
            finally:
                _end(span, context.journal.run)
                span.end()

    def caller(self) -> str:
        """The ``traceparent`` of what is done now."""
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return carrier.get(HEADER) or incoming.get()

    def traced(self, sender: Sender, told: Sequence[str]) -> Sender:
        """A sender with a span for each request; hosts in ``told`` get its ``traceparent``."""
        return _TracedSender(sender, self._tracer, told)

    def flush(self) -> None:
        """Send what is left, for a few seconds at most."""
        self._provider.force_flush(FLUSH_MS)


class _TracedSender:
    def __init__(self, sender: Sender, tracer: trace.Tracer, told: Sequence[str]) -> None:
        self._sender = sender
        self._tracer = tracer
        self._told = told

    async def send(self, request: Request, options: SendOptions = PLAIN) -> Response:
        method = request.method if request.method in METHODS else "HTTP"
        with self._tracer.start_as_current_span(
            method,
            kind=SpanKind.CLIENT,
            attributes=_of_request(request),
            record_exception=False,  # its text is for people who may see the run
            set_status_on_exception=False,
        ) as span:
            try:
                response = await self._sender.send(self._telling(request), options)
            except BaseException as error:
                code = error.code if isinstance(error, FactotumError) else type(error).__name__
                _fail(span, code)
                raise
            span.set_attribute("http.response.status_code", response.status)
            if response.status >= 400:
                _fail(span, str(response.status))
            return response

    def _telling(self, request: Request) -> Request:
        if not self._told or not is_listed(targets.read(request.url)[1], self._told):
            return request
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return request.with_header(HEADER, carrier[HEADER])


def _of_begun(run: Run) -> dict[str, AttributeValue]:
    told = {
        "factotum.run.id": run.id,
        "factotum.run.driver": run.driver,
        "factotum.run.trigger": run.trigger,
        "factotum.run.task": run.task or None,
        "factotum.behavior.id": run.behavior_id,
        "factotum.behavior.revision": run.revision,
    }
    return {name: value for name, value in told.items() if value is not None}


def _end(span: Span, run: Run) -> None:
    span.set_attribute("factotum.run.status", run.status)
    if run.wait_code and run.status == "waiting":
        span.set_attribute("factotum.run.wait", run.wait_code)
    if run.status == "failed":
        _fail(span, run.code or "failed")


def _of_request(request: Request) -> dict[str, AttributeValue]:
    told: dict[str, AttributeValue] = {
        "http.request.method": request.method if request.method in METHODS else "_OTHER"
    }
    try:
        parts = urlsplit(request.url)
        told["server.address"] = parts.hostname or ""
        told["server.port"] = parts.port or (443 if parts.scheme == "https" else 80)
        told["url.scheme"] = parts.scheme
    except ValueError:  # it will be refused, and say so
        pass
    return told


def _fail(span: Span, code: str) -> None:
    span.set_attribute("error.type", code)
    span.set_status(StatusCode.ERROR)
