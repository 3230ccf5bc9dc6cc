"""The clock tells the time and never the same seed twice, whoever asks."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from factotum.clock import SystemClock


def test_it_tells_the_time_in_utc():
    before = datetime.now(UTC)
    moment = SystemClock()()

    assert before <= moment.at <= datetime.now(UTC)
    assert moment.at.tzinfo is UTC


def test_threads_that_ask_at_once_never_get_the_same_seed():
    clock = SystemClock()
    with ThreadPoolExecutor(8) as threads:
        asked = list(
            threads.map(lambda _: [clock().seed for _ in range(2000)], range(8)),
        )

    seeds = [seed for found in asked for seed in found]
    assert len(set(seeds)) == 16_000
    assert max(seeds).bit_length() in range(120, 129)


def test_a_forked_process_draws_seeds_of_its_own():
    clock = SystemClock()
    clock()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # nothing of the test's must run twice
        os.write(writing, str(clock().seed).encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert int(os.read(reading, 100)) != clock().seed
    os.close(reading)
    os.close(writing)
