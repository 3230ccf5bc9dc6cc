"""The disk is full: what cannot be written down is not sent, and all goes on once there is room."""

import time

import pytest
from tests.crash.conftest import POST, Server, posts, run, tweets_of
from tests.crash.small_disk import small_disk
from tests.crash.test_durable_runs_go_on import submit, until, until_posted
from tests.servers.product import installation

from factotum.sandbox.switches import turn_on

REFUSALS = ("database-away", "disk-full")  # SQLite tells only a real disk that is full


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    disk = small_disk(tmp_path_factory.mktemp("full") / "disk")
    yield disk
    disk.end()


@pytest.fixture(scope="module")
def one_server(tmp_path_factory, one_sandbox, disk):
    settings = {"SANDBOX_URL": one_sandbox.url, "ALLOW_HOSTS": "127.0.0.1/32"}
    product = installation(tmp_path_factory.mktemp("product"), **settings)
    product.environ["FACTOTUM_DATA"] = str(disk.folder)
    server = Server(product)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def full(server, disk):
    """Full while a test wants it."""

    class Full:
        def __enter__(self):
            disk.fill(server.process.pid)

        def __exit__(self, *_):
            disk.free(server.process.pid)

    return Full()


def test_nothing_is_begun_that_cannot_be_written_down(product, sandbox, bot, full):
    body = {"vars": {"var_text": "With room again"}, "wait": False}
    with full:
        queued = product.api("POST", f"/behaviors/{bot['b_post']}/run", body)
        attended = run(product, bot["b_post"], "On a full disk", "key-full")

    for refused in (queued, attended):
        assert (refused.status, refused.json()["code"] in REFUSALS) == (503, True), refused.text
        assert refused.header("retry-after")
    assert posts(sandbox) == []
    run_id = submit(product, bot["b_post"], body["vars"]["var_text"])
    assert until(product, run_id, "done", "failed")["status"] == "done"
    assert len(posts(sandbox)) == 1


def test_what_was_under_way_is_written_down_once_there_is_room(product, sandbox, bot, full):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=1, times=1)
    run_id = submit(product, bot["b_post"], "Under way")
    until_posted(sandbox)
    with full:
        while not tweets_of(sandbox, "Under way"):
            time.sleep(0.05)
        time.sleep(1)  # its answer has come, and cannot be kept

    assert until(product, run_id, "done", "failed")["status"] == "done"
    assert len(posts(sandbox)) == len(tweets_of(sandbox, "Under way")) == 1


def test_killed_on_a_full_disk_it_finds_out_what_it_could_not_write(
    product, sandbox, server, bot, full
):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=1, times=1)
    run_id = submit(product, bot["b_post"], "Killed")
    until_posted(sandbox)
    with full:
        while not tweets_of(sandbox, "Killed"):
            time.sleep(0.05)
        server.kill()
    server.start()

    told = until(product, run_id, "done", "failed")
    assert (told["status"], told["effects"][0]["outcome"]) == ("done", "happened")
    assert len(posts(sandbox)) == len(tweets_of(sandbox, "Killed")) == 1
