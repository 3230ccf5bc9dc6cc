"""PostgreSQL is stopped and comes back: everybody is told so, and what was under way goes on."""

import time

import pytest
from tests.api.test_hooks import ask, body, listening
from tests.crash.conftest import POST, Server, posts, run, somebody, tweets_of
from tests.crash.test_durable_runs_go_on import submit, until, until_posted
from tests.servers.postgresql import own_postgresql
from tests.servers.product import installation

from factotum.sandbox.switches import turn_on


@pytest.fixture(scope="module")
def database():
    with own_postgresql() as database:
        yield database


@pytest.fixture(scope="module")
def one_server(tmp_path_factory, one_sandbox, database):
    settings = {
        "SANDBOX_URL": one_sandbox.url,
        "ALLOW_HOSTS": "127.0.0.1/32",
        "DATABASE_URL": database.url,
    }
    server = Server(installation(tmp_path_factory.mktemp("product"), **settings))
    server.start()
    yield server
    server.kill()


def test_who_asks_is_told_that_the_database_is_away(product, server, sandbox, bot, database):
    hook = listening(product, body("Heard"))
    person = somebody(product)
    database.stop("immediate")
    try:
        answers = [
            product.api("GET", "/runs"),
            product.api("POST", f"/behaviors/{bot['b_post']}/run", {"wait": False}),
            run(product, bot["b_post"], "Away", "key-away"),
            person.get("/runs"),
            ask(product, "POST", hook, b"{}"),
        ]
        health = product.ask("GET", "/healthz")
    finally:
        database.start()

    assert [answer.status for answer in answers] == [503] * 5
    assert [answer.header("retry-after") for answer in answers[:4]] == ["1"] * 4
    assert answers[0].json()["code"] == "database-away"
    assert "does not answer" in answers[3].text
    assert health.status == 503
    assert posts(sandbox) == []
    assert ask(product, "POST", hook, b"{}").text == "Heard"
    assert person.get("/runs").status == 200
    log = (product.folder / "serve.log").read_text()
    assert "The database does not answer" in log
    assert "Traceback" not in log


@pytest.mark.parametrize("seconds", [0, 6], ids=["restarted", "away for longer than the lease"])
def test_a_run_goes_on_when_the_database_is_back(product, server, sandbox, bot, database, seconds):
    text = f"Sent before {seconds}"
    turn_on(sandbox.state, "slow", path=POST[1], seconds=1, times=1)
    run_id = submit(product, bot["b_post"], text)
    until_posted(sandbox)
    database.stop("immediate")
    while not tweets_of(sandbox, text):
        time.sleep(0.05)
    time.sleep(seconds)
    database.start()

    told = until(product, run_id, "done", "failed")
    assert (told["status"], told["error"]) == ("done", None)
    assert [effect["state"] for effect in told["effects"]] == ["answered"]
    assert len(posts(sandbox)) == len(tweets_of(sandbox, text)) == 1
