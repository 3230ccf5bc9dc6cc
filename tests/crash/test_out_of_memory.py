"""Memory runs out in the middle of posting: the process dies or its runs end, and nothing is posted twice."""

import contextlib
import http.client
import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.crash.conftest import tweets_of
from tests.crash.test_durable_runs_go_on import submit, until

RUNS = 12


def limit(pid, more):
    """Its address space may grow by so many bytes from now on; None takes the limit away."""
    _, most = resource.prlimit(pid, resource.RLIMIT_AS)
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    soft = most if more is None else pages * resource.getpagesize() + more
    resource.prlimit(pid, resource.RLIMIT_AS, (soft, most))


def test_what_was_begun_without_memory_is_posted_once_at_most(product, server, sandbox, bot):
    def begun(number):
        with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
            return submit(product, bot["b_post"], f"Starved {number}")

    with ThreadPoolExecutor(4) as pool:
        before = [pool.submit(begun, number) for number in range(RUNS)]
        limit(server.process.pid, 1 << 19)
        after = [pool.submit(begun, number) for number in range(RUNS, 2 * RUNS)]
        ids = {number: each.result() for number, each in enumerate((*before, *after))}
    server.kill()
    server.start()

    for number, run_id in ids.items():
        if run_id is not None:  # it was told, so it is on disk, and goes on
            told = until(product, run_id, "done", "failed")
            found = len(tweets_of(sandbox, f"Starved {number}"))
            assert found == 1 or told["status"] == "failed"
    texts = [tweet.text for tweet in sandbox.state.tweets.values()]
    assert texts
    assert len(texts) == len(set(texts))
