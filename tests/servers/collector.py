"""A collector of spans: OTLP over HTTP as its specification says, decoded by OpenTelemetry's messages."""

from __future__ import annotations

import gzip
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

WAIT_SECONDS = 20


@dataclass(frozen=True)
class Span:
    """One span as it came; ids in hex, ``parent`` "" for none."""

    name: str
    trace: str
    id: str
    parent: str
    kind: int
    is_error: bool
    attributes: dict[str, Any]
    service: str


class Collector:
    """``spans`` keeps all that came."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.bodies: list[bytes] = []
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def of_run(self, run_id: str, *, statuses: int = 1) -> list[Span]:
        """The spans of a run's walks, once so many have come."""
        return self.until(
            lambda span: span.attributes.get("factotum.run.id") == run_id, count=statuses
        )

    def below(self, span: Span) -> list[Span]:
        """Its children."""
        return [each for each in self.spans if each.parent == span.id]

    def until(self, fits: Any, *, count: int = 1) -> list[Span]:
        """Those that fit, once there are so many."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            found = [span for span in self.spans if fits(span)]
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"no such span came; there are {[each.name for each in self.spans]}")


class _Handler(BaseHTTPRequestHandler):
    owner: Collector
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        assert self.path == "/v1/traces"
        self.owner.bodies.append(body)
        message = ExportTraceServiceRequest.FromString(body)
        for resource in message.resource_spans:
            told = _attributes(resource.resource.attributes)
            for scope in resource.scope_spans:
                self.owner.spans += [_span(each, told["service.name"]) for each in scope.spans]
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the tests' output."""


def _span(each: Any, service: str) -> Span:
    return Span(
        name=each.name,
        trace=each.trace_id.hex(),
        id=each.span_id.hex(),
        parent=each.parent_span_id.hex(),
        kind=each.kind,
        is_error=each.status.code == each.status.STATUS_CODE_ERROR,
        attributes=_attributes(each.attributes),
        service=service,
    )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in pairs}
