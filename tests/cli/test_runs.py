"""``factotum runs`` and ``approve``: steered by processes of their own beside a server."""

import time

import pytest
from tests.api.conftest import linked  # noqa: F401  a fixture
from tests.cli.conftest import refused
from tests.guide.packages import asking
from tests.servers.linked import imported
from tests.servers.product import prepared, serving

from factotum.sandbox.switches import turn_on

POST = "/1.1/statuses/update.json"


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox):
    """Served, with a sandbox in X's place."""
    folder = tmp_path_factory.mktemp("served")
    with serving(prepared(folder, SANDBOX_URL=sandbox.url, ALLOW_HOSTS="127.0.0.1/32")) as made:
        yield made


@pytest.fixture
def calm(sandbox):
    """A sandbox whose faults and posts are gone after the test."""
    yield sandbox
    sandbox.state.switches.clear()


def submitted(product, behavior_id, text):
    done = product.command(
        "run", str(behavior_id), "--set", f"var_text={text}", "--no-wait", "--json"
    )
    assert done.code == 0, done.err
    return done.json()["id"]


def until(product, run_id, *statuses):
    limit = time.monotonic() + 60
    while (told := product.api("GET", f"/runs/{run_id}").json())["status"] not in statuses:
        assert time.monotonic() < limit, told
        time.sleep(0.1)
    return told


def cut(product, calm, linked, text):  # noqa: F811
    """A run whose post got no answer, and the key of that post; the service cannot be asked."""
    turn_on(calm.state, "503", path="/2/users/me")
    turn_on(calm.state, "cut-before", path=POST, times=1)
    run_id = submitted(product, linked["b_post"], text)
    told = until(product, run_id, "waiting")
    return run_id, told["effects"][-1]["key"]


def texts(sandbox):
    return [tweet.text for tweet in sandbox.state.tweets.values()]


def test_a_waiting_run_is_held_resumed_and_cancelled(product, calm, linked):  # noqa: F811
    turn_on(calm.state, "503", path="/1.1/users/show.json")
    done = product.command("run", str(linked["b_user"]), "--set", "var_name=alice", "--no-wait")
    run_id = done.out.strip()
    until(product, run_id, "waiting")

    assert "Held" in product.command("runs", "hold", run_id).out
    assert until(product, run_id, "waiting")["wait_code"] == "held"
    listed = product.command("runs", "list", "--show", "waiting")
    assert run_id in listed.out
    assert run_id in product.command("runs", "list").out
    assert "Somebody holds this run" in listed.out
    assert product.command("runs", "resume", run_id, "--json").json()["status"] == "queued"
    assert until(product, run_id, "waiting")["wait_code"] == "retry"
    assert product.command("runs", "cancel", run_id).out == "Cancelled.\n"
    assert until(product, run_id, "cancelled")
    refused(product.command("runs", "cancel", run_id), "has ended")
    refused(product.command("runs", "resume", run_id), "does not wait")
    refused(product.command("runs", "hold", "f" * 32), "no run")


def test_a_failed_run_is_tried_again(product, calm, linked):  # noqa: F811
    turn_on(calm.state, "403", path=POST, times=1)
    run_id = submitted(product, linked["b_post"], "Try")
    until(product, run_id, "failed")

    assert product.command("runs", "retry", run_id).out == "It goes on.\n"

    told = until(product, run_id, "done", "failed")
    assert (told["status"], [one["code"] for one in told["went_on"]]) == ("done", ["failed"])


@pytest.mark.parametrize(
    ("arguments", "status", "posted"),
    [
        (["happened", "--id", "1234"], "done", False),
        (["not-done"], "done", True),
        (["given-up"], "failed", False),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_nobody_knows_is_settled(product, calm, linked, arguments, status, posted):  # noqa: F811
    run_id, key = cut(product, calm, linked, f"Said {arguments[0]}")
    assert f"{key}  " in product.command("runs", "unknown").out
    [known] = product.command("runs", "unknown", "--json").json()
    assert (known["key"], known["run_id"]) == (key, run_id)

    assert product.command("runs", "settle", key, *arguments).out == "Settled; its run goes on.\n"

    assert until(product, run_id, "done", "failed")["status"] == status
    assert (f"Said {arguments[0]}" in texts(calm)) is posted
    assert product.command("runs", "unknown").out == ""
    refused(product.command("runs", "settle", key, "not-done"), "already")


def test_an_id_that_is_none_changes_nothing(product, calm, linked):  # noqa: F811
    run_id, key = cut(product, calm, linked, "Kept")

    refused(product.command("runs", "settle", key, "happened"), "Paste the id")
    refused(product.command("runs", "settle", key, "happened", "--id", "a b"), "no spaces")
    address = "https://x.com/alice/status/77?s=20"
    refused(product.command("runs", "settle", key, "happened", "--id", address), "perhaps 77")
    assert product.command("runs", "settle", key, "not-done", "--id", "1").code == 2
    refused(product.command("runs", "settle", "nothing", "not-done"), "no such request")

    assert product.command("runs", "settle", key, "given-up").code == 0
    until(product, run_id, "failed")


def test_what_a_run_asks_is_approved_once_and_the_run_goes_on(product):
    asks = imported(product, asking("Post\n“Tea”?", expires="2 days"), {})["behavior"]["ask"]["id"]
    assert product.command("approvals").err == "There are none.\n"
    runs = [product.command("run", str(asks), "--no-wait").out.strip() for _ in range(2)]
    for run_id in runs:
        until(product, run_id, "waiting")

    first = product.command("approvals", "--limit", "1")
    key, told = first.out.split("  ", 1)
    assert "  Post “Tea”?  (Ask first)  (refused at 2" in told
    assert f"There are more: --after {key}" in first.err
    [second] = product.command("approvals", "--after", key, "--json").json()
    assert (second["run_id"], second["outcome"]) == (runs[1], None)

    assert product.command("approve", key).out == "Approved; its run goes on.\n"
    assert until(product, runs[0], "done")["placeholders"]["_approval"]["is_approved"]
    refused(product.command("approve", key), "Approved already by Factotum; nothing was changed.")
    refused(product.command("approve", runs[1]), "Nothing is asked under")
    no = product.command("approve", second["key"], "--refuse", "--comment", "No tea", "--json")
    assert (no.json()["outcome"], no.json()["comment"]) == ("refused", "No tea")
    assert until(product, runs[1], "done")["placeholders"]["_approval"]["comment"] == "No tea"


def test_only_a_process_more_on_postgresql_works_beside_the_server(product):
    refused(product.command("worker"), "SQLite", "FACTOTUM_DATABASE_URL")
