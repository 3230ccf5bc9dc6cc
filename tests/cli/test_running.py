"""``factotum run``: walked while one waits, queued, simulated."""

import json
from dataclasses import replace

from tests.cli.conftest import refused
from tests.guide import packages
from tests.servers.product import serving

from factotum.cli.runs import run_json, show_run_text
from factotum.runs.run import Run, Step
from factotum.sandbox.switches import turn_on
from factotum.usecases.run_view import RunView


def test_running_shows_the_steps(product, made):
    done = product.command("run", "User", "--set", "var_name=alice")

    assert done.code == 0, done.err
    assert "GET api.twitter.com" in done.out
    as_json = product.command("run", "User", "--set", "var_name=alice", "--json").json()
    assert as_json["placeholders"]["answer"]["screen_name"] == "alice"
    shown = product.command("runs", "show", as_json["id"], "--json").json()
    assert shown["id"] == as_json["id"]


def test_a_webhooks_behavior_is_tried_with_what_would_come_in(product, tmp_path):
    package = tmp_path / "echo.json"
    package.write_text(json.dumps(packages.echoing_webhook()))
    assert product.command("import", str(package)).code == 0

    done = product.command(
        "run", "Say it back", "--simulate", "--json",
        "--event", "body=Body=HELP", "--event", "method=PUT",
    )  # fmt: skip

    assert done.json()["placeholders"]["_http_response_body"] == "PUT HELP"
    refused(product.command("run", "Say it back", "--event", "bodi=x"), "has no 'bodi'")


def test_a_run_that_fails_is_1_with_its_reason(product, made, sandbox):
    turn_on(sandbox.state, "401", path="/1.1/users/show.json", times=1)

    done = product.command("run", "User", "--set", "var_name=alice")

    assert done.code == 1
    assert done.err.startswith("Failed: ")


def test_a_run_of_nothing_or_with_an_unknown_variable_is_told(product, made):
    refused(product.command("run", "Nothing"), "Nothing")
    refused(product.command("run", "User", "--set", "var_x=1"), "var_x")
    refused(product.command("run", "Nothing", "--no-wait"), "Nothing")


def test_a_run_nobody_waits_for_prints_its_id_and_goes_on(product, made):
    done = product.command("run", "User", "--set", "var_name=alice", "--no-wait")

    run_id = done.out.strip()
    assert (done.code, len(run_id)) == (0, 32)
    assert "start `factotum serve`" in done.err
    assert product.command("runs", "show", run_id, "--json").json()["status"] == "queued"
    with serving(product):
        again = product.command("run", "User", "--set", "var_name=alice", "--no-wait")
        assert (again.code, again.err) == (0, "")
        for each in (run_id, again.out.strip()):
            assert until_ended(product, each) == "done"


def until_ended(product, run_id):
    for _ in range(60):
        status = product.command("runs", "show", run_id, "--json").json()["status"]
        if status not in {"queued", "running"}:
            break
    return status


def test_nobody_waits_for_a_simulation(product, made):
    done = product.command("run", "User", "--simulate", "--no-wait")

    assert done.code == 2
    assert "leave out --no-wait" in done.err


def test_simulating_is_marked(product, made):
    done = product.command("run", "User", "--simulate", "--json", "--set", "var_name=alice")

    assert done.json()["driver"] == "simulated"


def test_what_a_run_has_cost_or_would_is_told(capsys):
    priced = {"usd": "0.20", "is_estimate": True}
    step = Step(1, "0#0", "http", "POST api.x.com", "skipped", 0.0, data={"cost": priced})
    run = Run("1" * 32, "Post", "cli", "simulated", "done", 0.0, cost=200_000)

    show_run_text(RunView(run, [step]))
    show_run_text(RunView(replace(run, driver="attended", cost=15_000)))

    told = capsys.readouterr().out.splitlines()
    assert ("  would cost at most $0.20" in told, "  cost $0.015" in told) == (True, True)
    assert run_json(RunView(run, [step]))["cost"] == priced
