"""Processes are killed while durable runs are under way; the runs go on, and nothing is posted twice."""

import contextlib
import http.client
import resource
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.crash.conftest import POST, posts, tweets_of

from factotum.sandbox.switches import turn_on

STARVED = 12  # runs before memory runs out, and as many after it
LIMIT = 60  # seconds a run may take to end after the crash


def submit(product, behavior_id, text, **headers):
    body = {"vars": {"var_text": text}, "wait": False}
    answer = product.api("POST", f"/behaviors/{behavior_id}/run", body, headers=headers)
    assert answer.status == 202, answer.text
    return answer.json()["id"]


def run_of(product, run_id):
    return product.api("GET", f"/runs/{run_id}").json()


def until(product, run_id, *statuses):
    limit = time.monotonic() + LIMIT
    while (told := run_of(product, run_id))["status"] not in statuses:
        assert time.monotonic() < limit, told
        time.sleep(0.1)
    return told


def until_posted(sandbox):
    limit = time.monotonic() + LIMIT
    while not posts(sandbox):
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_a_run_whose_process_was_killed_while_posting_finds_its_post(product, server, sandbox, bot):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=1, times=1)
    run_id = submit(product, bot["b_post"], "Once")
    until_posted(sandbox)
    server.kill()

    server.start()

    told = until(product, run_id, "done", "failed")
    assert (told["status"], told["error"]) == ("done", None)
    assert [(each["state"], each["outcome"]) for each in told["effects"]] == [
        ("settled", "happened")
    ]
    assert len(tweets_of(sandbox, "Once")) == 1
    assert len(posts(sandbox)) == 1


def test_a_post_that_never_arrived_is_sent_once_the_service_says_so(product, server, sandbox, bot):
    turn_on(sandbox.state, "cut-before", path=POST[1], times=1)
    run_id = submit(product, bot["b_post"], "Later")
    until_posted(sandbox)
    server.kill()
    server.start()

    told = until(product, run_id, "done", "failed")

    assert told["status"] == "done"
    assert [(each["state"], each["outcome"]) for each in told["effects"]] == [
        ("settled", "not-done"),
        ("answered", None),
    ]
    assert len(tweets_of(sandbox, "Later")) == 1


def test_runs_that_were_only_queued_are_walked_after_the_crash(product, server, sandbox, bot):
    ids = [submit(product, bot["b_post"], f"Number {number}") for number in range(20)]
    server.kill()
    server.start()

    for number, run_id in enumerate(ids):
        assert until(product, run_id, "done", "failed")["status"] == "done"
        assert len(tweets_of(sandbox, f"Number {number}")) == 1


@pytest.mark.parametrize("seconds", [1.0, 7.0])
def test_a_process_that_stood_still_posts_nothing_twice(product, server, sandbox, bot, seconds):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=1, times=1)
    run_id = submit(product, bot["b_post"], f"Still {seconds}")
    until_posted(sandbox)
    server.process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    server.process.send_signal(signal.SIGCONT)

    assert until(product, run_id, "done", "failed")["status"] == "done"
    assert len(tweets_of(sandbox, f"Still {seconds}")) == 1


def test_a_run_under_way_when_the_process_is_asked_to_stop_goes_on_with_the_next(
    product, server, sandbox, bot
):
    turn_on(sandbox.state, "slow", path=POST[1], seconds=1, times=1)
    run_id = submit(product, bot["b_post"], "Stopped")
    until_posted(sandbox)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(30)
    server.start()

    told = until(product, run_id, "done", "failed")

    assert (told["status"], told["error"]) == ("done", None)
    # it had its answer before the process ended, so nobody had to look for it
    assert [(each["state"], each["outcome"]) for each in told["effects"]] == [("answered", None)]
    assert len(tweets_of(sandbox, "Stopped")) == 1


def limit(pid, more):
    """Its address space may grow by so many bytes from now on; None takes the limit away."""
    _, most = resource.prlimit(pid, resource.RLIMIT_AS)
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    soft = most if more is None else pages * resource.getpagesize() + more
    resource.prlimit(pid, resource.RLIMIT_AS, (soft, most))


def test_what_was_begun_while_memory_ran_out_is_posted_once_at_most(product, server, sandbox, bot):
    def begun(number):
        with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
            return submit(product, bot["b_post"], f"Starved {number}")

    with ThreadPoolExecutor(4) as pool:
        before = [pool.submit(begun, number) for number in range(STARVED)]
        until_posted(sandbox)  # on a busy machine none would be begun else
        limit(server.process.pid, 1 << 19)
        after = [pool.submit(begun, number) for number in range(STARVED, 2 * STARVED)]
        ids = {number: each.result() for number, each in enumerate((*before, *after))}
    server.kill()
    server.start()

    for number, run_id in ids.items():
        if run_id is not None:  # it was told, so it is on disk, and goes on
            told = until(product, run_id, "done", "failed")
            found = len(tweets_of(sandbox, f"Starved {number}"))
            assert found == 1 or told["status"] == "failed"
    texts = [tweet.text for tweet in sandbox.state.tweets.values() if "Starved" in tweet.text]
    assert texts
    assert len(texts) == len(set(texts))
