"""The clock is stepped by hours while a run waits or posts: the run goes on, and its post is made once."""

from urllib.parse import urlsplit

import pytest
from tests.crash.conftest import POST, Server, posts, tweets_of
from tests.crash.test_durable_runs_go_on import submit, until
from tests.servers.product import prepared, started, wait_until_it_answers

from factotum.sandbox.switches import turn_on

HOURS = 3600.0


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    file = tmp_path_factory.mktemp("clock") / "wrong-by"
    file.write_text("0")
    return file


@pytest.fixture(scope="module")
def one_server(tmp_path_factory, one_sandbox, clock):
    settings = {
        "SANDBOX_URL": one_sandbox.url,
        "ALLOW_HOSTS": "127.0.0.1/32",
        "HTTP_TIMEOUT": "1",
    }
    server = Server(prepared(tmp_path_factory.mktemp("product"), **settings))
    port = str(urlsplit(server.product.url).port)
    one_sandbox.state.settings.timestamp_window = 24 * HOURS  # else it says that our clock is wrong
    server.process = started(
        server.product, str(clock), "serve", "--port", port, module="tests.crash.stepped"
    )
    wait_until_it_answers(server.product.url, server.process)
    yield server
    server.kill()


@pytest.fixture
def is_off(clock):
    """Step the clock; it is right again after the test."""
    yield lambda seconds: clock.write_text(str(seconds))
    clock.write_text("0")


@pytest.mark.parametrize("hours", [5, -5])
def test_a_run_that_waits_to_try_again_goes_on(product, server, sandbox, bot, is_off, hours):
    turn_on(sandbox.state, "503", path="/", times=1)
    body = {"vars": {"var_name": "alice"}, "wait": False}
    run_id = product.api("POST", f"/behaviors/{bot['b_user']}/run", body).json()["id"]
    until(product, run_id, "waiting")

    is_off(hours * HOURS)

    assert until(product, run_id, "done", "failed")["status"] == "done"


@pytest.mark.parametrize("hours", [5, -5])
def test_a_post_that_arrives_late_is_waited_for(product, server, sandbox, bot, is_off, hours):
    """It is not there when it is first looked for, and that hours seem to have passed is no proof."""
    text = f"Late by {hours}"
    turn_on(sandbox.state, "slow", path=POST[1], seconds=2.5, times=1)
    run_id = submit(product, bot["b_post"], text)
    until(product, run_id, "waiting")

    is_off(hours * HOURS)
    told = until(product, run_id, "done", "failed")

    assert (told["status"], told["effects"][0]["outcome"]) == ("done", "happened")
    assert len(posts(sandbox)) == len(tweets_of(sandbox, text)) == 1


def test_a_post_that_was_sent_by_a_wrong_clock_is_found(product, server, sandbox, bot, is_off):
    text = "Five hours ahead"
    is_off(5 * HOURS)
    turn_on(sandbox.state, "cut-after", path=POST[1], times=1)
    told = until(product, submit(product, bot["b_post"], text), "done", "failed")

    assert (told["status"], told["effects"][0]["outcome"]) == ("done", "happened")
    assert len(posts(sandbox)) == len(tweets_of(sandbox, text)) == 1
