"""A slow behavior computes in a thread; a quick one on the event loop, once it has shown that it is."""

import threading
import time

import pytest

from factotum.bots.effects import ReadClock
from factotum.core.errors import Refused
from factotum.runs.pacing import SLOW, SLOW_AT_FIRST, Ended, Pace
from factotum.runs.run import Run

HERE = threading.get_ident


def run(behavior_id=1, revision=1):
    return Run("0" * 32, "T", "api", "attended", "running", 1.0, behavior_id, revision)


def busy(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def walk(threads, *seconds):
    """Computes for some seconds before each effect; notes in which thread."""
    for each in seconds:
        threads.append(HERE())
        busy(each)
        yield ReadClock()
    return "end"


async def walked(pace, *seconds, of=None):
    threads = []
    one, of = walk(threads, *seconds), of or run()
    effect = await pace.advance(one, None, of)
    while not isinstance(effect, Ended):
        effect = await pace.advance(one, None, of)
    assert effect.result == "end"
    return [thread == HERE() for thread in threads]


async def test_the_first_walk_computes_in_a_thread_and_quick_ones_then_on_the_loop():
    pace = Pace()

    assert await walked(pace, 0, 0) == [False, False]
    assert await walked(pace, 0, 0) == [True, True]
    assert await walked(pace, 0, of=run(revision=2)) == [False]


async def test_a_behavior_that_was_slow_once_computes_in_threads():
    pace = Pace()
    await walked(pace, 0)

    assert await walked(pace, SLOW * 1.5, 0) == [True, False]
    assert await walked(pace, 0) == [False]


async def test_a_slow_first_walk_never_comes_to_the_loop():
    pace = Pace()
    await walked(pace, SLOW_AT_FIRST * 1.5)

    assert await walked(pace, 0) == [False]


async def test_an_error_is_thrown_into_the_walk_and_what_it_raises_comes_out():
    def refused():
        try:
            yield ReadClock()
        except Refused:
            raise ValueError("told") from None

    for of in (run(), run(behavior_id=None)):
        pace, one = Pace(), refused()
        await pace.advance(one, None, of)
        with pytest.raises(ValueError, match="told"):
            await pace.advance(one, Refused("No."), of)
