"""Spans of runs and requests, as a collector gets them from the product in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.servers.collector import Collector
from tests.servers.echo import Echo
from tests.servers.linked import imported, linked_bot
from tests.servers.product import prepared, serving

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"
CLIENT = 3  # OTLP's SPAN_KIND_CLIENT


@pytest.fixture(scope="module")
def collector():
    with Collector() as served:
        yield served


@pytest.fixture(scope="module")
def stranger():
    with Echo() as served:
        yield served


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox, collector, echo):
    made = prepared(
        tmp_path_factory.mktemp("traced"),
        SANDBOX_URL=sandbox.url,
        ALLOW_HOSTS="127.0.0.1/32",
        TRACE_HOSTS=echo.host,
    )
    made.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.url
    made.environ["OTEL_BSP_SCHEDULE_DELAY"] = "100"
    with serving(made):
        yield made


@pytest.fixture(scope="module")
def behaviors(product, sandbox):
    """The ids of a bot's behaviors, its account linked as @alice."""
    return linked_bot(product, sandbox.state, "Traced")


def run(product, behavior_id, text, *, wait=True, headers=()):
    body = {"vars": {"var_text": text}, "wait": wait}
    answer = product.api("POST", f"/behaviors/{behavior_id}/run", body, headers=dict(headers))
    assert answer.status in {200, 202}, answer.text
    return answer.json()["id"]


def test_a_run_is_a_span_whose_trace_is_the_run(product, collector, behaviors):
    run_id = run(product, behaviors["b_post"], "Traced")

    [span] = collector.of_run(run_id)
    assert (span.name, span.trace, span.parent) == ("run attended", run_id, "")
    assert span.service == "factotum"
    assert span.attributes["factotum.run.status"] == "done"
    assert span.attributes["factotum.behavior.id"] == behaviors["b_post"]
    assert span.attributes["factotum.behavior.revision"] >= 1
    assert not span.is_error


def test_its_requests_are_spans_below_it(product, collector, behaviors):
    run_id = run(product, behaviors["b_post"], "Below")
    [parent] = collector.of_run(run_id)

    [request] = collector.below(parent)
    assert (request.name, request.kind, request.trace) == ("POST", CLIENT, run_id)
    assert request.attributes == {
        "http.request.method": "POST",
        "server.address": "api.twitter.com",
        "server.port": 443,
        "url.scheme": "https",
        "http.response.status_code": 200,
    }


def test_what_failed_says_why_by_a_code(product, collector, behaviors):
    answer = product.api("GET", f"/proxy/{behaviors['account']}/http://10.1.2.3/secret-path")
    run_id = answer.header("X-Factotum-Run")

    [span] = collector.of_run(run_id)
    [request] = collector.below(span)
    assert span.is_error
    assert request.is_error
    assert span.attributes["error.type"] == "host-not-allowed"
    assert request.attributes["error.type"] == "host-not-allowed"


def test_a_durable_run_belongs_to_the_trace_of_who_wanted_it(product, collector, behaviors):
    run_id = run(
        product, behaviors["b_post"], "Later", wait=False, headers=[("traceparent", TRACEPARENT)]
    )

    [span] = collector.of_run(run_id)
    assert (span.name, span.trace, span.parent) == ("run durable", TRACE, CALLER)
    assert span.attributes["factotum.run.task"] == 1
    assert [each.name for each in collector.below(span)] == ["POST"]


def test_an_attended_run_belongs_to_its_callers_trace(product, collector, behaviors):
    run_id = run(product, behaviors["b_post"], "Called", headers=[("traceparent", TRACEPARENT)])

    [span] = collector.of_run(run_id)
    assert (span.trace, span.parent) == (TRACE, CALLER)


@pytest.mark.parametrize("header", ["nonsense", "00-0-0-00", f"ff-{TRACE}-{CALLER}-01", "x" * 9000])
def test_a_header_that_is_none_changes_nothing(product, collector, behaviors, header):
    run_id = run(product, behaviors["b_post"], "Nonsense", headers=[("traceparent", header)])

    [span] = collector.of_run(run_id)
    assert (span.trace, span.parent) == (run_id, "")


def test_hosts_that_are_named_are_told_of_the_request_and_its_trace(product, collector, echo):
    run_id = called(product, echo)

    [span] = collector.of_run(run_id)
    [request] = collector.below(span)
    assert request.trace == TRACE
    assert told(echo) == f"00-{TRACE}-{request.id}-01"


def test_other_services_are_not(product, collector, stranger):
    run_id = called(product, stranger)

    [span] = collector.of_run(run_id)
    assert [each.name for each in collector.below(span)] == ["GET"]
    assert told(stranger) is None


def called(product, echo):
    """The run of a request to a service that tells what came."""
    package = {
        "package": {"name": f"At {echo.host}", "revision": 1},
        "records": [
            {
                "uid": "s",
                "_context": "connected_service",
                "name": echo.host,
                "extension_id": "cerb.service.provider.http.basic",
                "params": {"base_url": f"{echo.url}/"},
            },
            {
                "uid": "a",
                "_context": "connected_account",
                "name": echo.host,
                "service_id": "{{{uid.s}}}",
                "owner__context": "app",
                "owner_id": 0,
                "params": {"username": "ada", "password": "a-basic-passw0rd"},
            },
        ],
    }
    account = imported(product, package, {})["connected_account"]["a"]["id"]
    answer = product.api(
        "GET", f"/proxy/{account}/{echo.url}/", headers={"traceparent": TRACEPARENT}
    )
    assert answer.status == 200, answer.text
    return answer.header("X-Factotum-Run")


def told(echo):
    [came] = echo.came
    return {name.lower(): value for name, value in came["headers"]}.get("traceparent")


def test_no_secret_and_no_path_leaves_with_a_span(product, collector, behaviors):
    run_id = run(product, behaviors["b_post"], "A text that stays here")
    collector.of_run(run_id)

    for body in collector.bodies:
        for text in (b"A text that stays", b"statuses/update", b"oauth_", b"alice", b"secret-path"):
            assert text not in body


def test_without_an_endpoint_nothing_of_it_is_loaded(product):
    code = (
        "import sys\nfrom factotum.preparation import make_ready\nmake_ready()\n"
        "from factotum.bootstrap import get_telemetry\nassert get_telemetry().spans is None\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    assert said(product, code, OTEL_EXPORTER_OTLP_ENDPOINT="") == "[]"


def test_an_endpoint_without_the_library_is_told_and_nothing_breaks(product):
    code = (
        "import sys\nsys.modules['opentelemetry'] = None\n"
        "from factotum.preparation import make_ready\nmake_ready()\n"
        "from factotum.bootstrap import get_telemetry\nprint(get_telemetry().spans)"
    )
    assert said(product, code).endswith("None")


def said(product, code, **environ):
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**product.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
