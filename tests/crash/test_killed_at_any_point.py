"""The process is killed at a named point of a durable run; the run goes on, and posts once."""

import contextlib
import http.client
import time

import pytest
from tests.crash.conftest import POST, tweets_of
from tests.crash.test_durable_runs_go_on import LIMIT, submit, until

from factotum.core import crash_points
from factotum.sandbox.switches import turn_on

# what is killed between steps has a file of its own
POINTS = [each for each in crash_points.POINTS if not each.startswith("step ")]


@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_at_any_point_posts_exactly_once(product, server, sandbox, bot, point):
    """The run is submitted to a process that dies at the point, and ends in one that lives.

    Whoever got no answer asks again with the same key, and gets that run.
    """
    key = {"Idempotency-Key": f"key-{point}"}
    if point == "next task submitted":  # a try that fails makes a run wait, and so a next task
        turn_on(sandbox.state, "cut-before", path=POST[1], times=1)
    began = time.time()
    server.kill()
    server.start(dying_at=point)
    with contextlib.suppress(OSError, http.client.HTTPException):
        submit(product, bot["b_post"], f"Once, {point}", **key)
    server.process.wait(LIMIT)
    server.start()

    run_id = submit(product, bot["b_post"], f"Once, {point}", **key)
    told = until(product, run_id, "done", "failed")

    assert runs_since(began, product, bot) == {run_id}

    assert (told["status"], told["error"]) == ("done", None)
    assert len(tweets_of(sandbox, f"Once, {point}")) == 1
    assert {each["state"] for each in told["effects"]} <= {"answered", "settled", "refused"}
    numbers = [step["number"] for step in told["steps"]]
    assert numbers == sorted(set(numbers))


def runs_since(began, product, bot):
    """Their ids begin with milliseconds; a run of the test before may still come to light."""
    found = product.api("GET", f"/runs?behavior_id={bot['b_post']}&limit=200").json()["items"]
    return {line["id"] for line in found if line["id"] >= f"{int(began * 1000):012x}"}
