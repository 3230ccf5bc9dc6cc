"""FACTOTUM_METRICS_PORT: metrics at a port of their own."""

from __future__ import annotations

from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server

from factotum.config import WrongSetting


def answer_on(address: tuple[str, int], registry: CollectorRegistry) -> WSGIServer:
    """Answer there from a thread until it is shut down; WrongSetting where nothing can listen."""
    host, port = address
    try:
        server, _ = start_http_server(port, host, registry)
    except OSError as error:
        raise WrongSetting(
            f"FACTOTUM_METRICS_PORT is {host}:{port}, where nothing can listen: "
            f"{error.strerror or error}. Each process needs a port of its own."
        ) from None
    return server
