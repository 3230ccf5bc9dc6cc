"""``/metrics`` of the product as people serve it: who may read it, and what stands in it."""

from __future__ import annotations

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.servers.linked import linked_bot
from tests.servers.product import free_port, prepared, send, serving

from factotum.sandbox.switches import turn_on

POST = "/1.1/statuses/update.json"


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox):
    made = prepared(
        tmp_path_factory.mktemp("product"), SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32"
    )
    with serving(made):
        yield made


@pytest.fixture(scope="module")
def behaviors(product, sandbox):
    """The ids of a bot's behaviors, its account linked as @alice."""
    return linked_bot(product, sandbox.state, "Watched")


def read(product):
    """Every sample: name and labels → value."""
    answer = product.ask("GET", "/metrics", token="")
    assert answer.status == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def grown(before, after, name, **labels):
    key = (name, *sorted(labels.items()))
    return after[key] - before.get(key, 0)


def run(product, behavior_id, text):
    body = {"vars": {"var_text": text}, "mode": "run", "wait": True}
    return product.api("POST", f"/behaviors/{behavior_id}/run", body)


def test_it_counts_a_run_its_request_and_its_effect(product, behaviors):
    before = read(product)
    assert run(product, behaviors["b_post"], "Counted").json()["status"] == "done"
    after = read(product)

    assert grown(before, after, "factotum_runs_started_total", driver="attended") == 1
    assert grown(before, after, "factotum_runs_ended_total", driver="attended", status="done") == 1
    assert grown(before, after, "factotum_run_duration_seconds_count", driver="attended") == 1
    labels = {"signed": "yes", "safe": "no", "status": "200"}
    assert grown(before, after, "factotum_requests_total", **labels) == 1
    labels = {"signed": "yes", "safe": "no"}
    assert grown(before, after, "factotum_request_duration_seconds_count", **labels) == 1
    for state in ("intended", "answered"):
        assert grown(before, after, "factotum_effects_total", state=state) == 1
    assert grown(before, after, "factotum_steps_total", driver="attended") >= 2
    assert grown(before, after, "factotum_journal_commit_seconds_count") >= 2
    assert grown(before, after, "factotum_journal_batch_entries_sum") >= 3


def test_it_counts_a_refusal_by_its_code(product, behaviors):
    before = read(product)
    product.api("GET", f"/proxy/{behaviors['account']}/http://10.1.2.3/")
    after = read(product)

    labels = {"signed": "yes", "safe": "yes", "status": "host-not-allowed"}
    assert grown(before, after, "factotum_requests_total", **labels) == 1


def test_it_tells_what_nobody_knows(product, sandbox, behaviors):
    assert read(product)[("factotum_unknown_effects",)] == 0
    turn_on(sandbox.state, "cut-after", path=POST, times=1)
    run(product, behaviors["b_post"], "Cut")

    assert read(product)[("factotum_unknown_effects",)] == 1


def test_no_label_holds_a_name_an_address_or_a_secret(product, behaviors):
    text = product.ask("GET", "/metrics", token="").text
    values = set(re.findall(r'="([^"]*)"', text))

    assert values
    for value in values:
        assert re.fullmatch(r"[\w.+-]{1,32}", value), value
    assert "alice" not in text
    assert "127.0.0.1" not in text


def test_it_speaks_openmetrics_where_that_is_asked_for(product):
    answer = product.ask(
        "GET", "/metrics", token="", headers={"Accept": "application/openmetrics-text"}
    )

    assert answer.header("Content-Type").startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_another_method_is_told_which_ones_there_are(product):
    answer = product.ask("POST", "/metrics", b"", token="")

    assert (answer.status, answer.header("Allow")) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
        {"Via": "1.1 proxy"},
    ],
)
def test_a_call_that_a_proxy_passed_on_needs_a_token(product, headers):
    assert product.ask("GET", "/metrics", token="", headers=headers).status == 401
    assert product.ask("GET", "/metrics", headers=headers).status == 200


def test_a_page_under_another_name_cannot_read_it(product):
    answer = send(product.url, "GET", "/metrics", None, [("Host", "evil.example")])
    broken = send(product.url, "GET", "/metrics", None, [("Host", "[::1")])

    assert (answer.status, broken.status) in {(401, 401), (401, 400)}


def test_a_token_needs_the_scope_read(product):
    proxied = {"X-Forwarded-For": "203.0.113.7"}
    may = product.token("--scope", "read")
    may_not = product.token("--scope", "run")

    assert product.ask("GET", "/metrics", token=may, headers=proxied).status == 200
    assert product.ask("GET", "/metrics", token=may_not, headers=proxied).status == 401
    assert product.ask("GET", "/metrics", token="wrong", headers=proxied).status == 401


@pytest.mark.parametrize(
    ("who", "without", "with_one"),
    [("local", 401, 200), ("token", 401, 200), ("open", 200, 200), ("off", 404, 404)],
)
def test_behind_a_name_only_what_the_setting_says_is_open(tmp_path, who, without, with_one):
    made = prepared(tmp_path, METRICS=who)
    made.environ["FACTOTUM_BASE_URL"] = "https://bots.example.com"
    with serving(made):
        assert made.ask("GET", "/metrics", token="").status == without
        assert made.ask("GET", "/metrics").status == with_one


def test_a_port_of_its_own_tells_of_this_process_alone(tmp_path):
    port = free_port()
    made = prepared(tmp_path, METRICS_PORT=str(port))
    with serving(made):
        answer = send(f"http://127.0.0.1:{port}", "GET", "/metrics", None, [])

    assert answer.status == 200
    assert "factotum_runs_started_total" in answer.text
    assert "factotum_queued_runs" not in answer.text
    assert "Traceback" not in (made.folder / "serve.log").read_text()


def test_a_port_that_is_taken_stops_the_start_and_says_so(tmp_path, product):
    port = product.url.rpartition(":")[2]
    made = prepared(tmp_path, METRICS_PORT=port)
    done = made.command("serve", "--port", made.url.rpartition(":")[2])

    assert done.code != 0
    assert f"FACTOTUM_METRICS_PORT is 127.0.0.1:{port}, where nothing can listen" in done.err
