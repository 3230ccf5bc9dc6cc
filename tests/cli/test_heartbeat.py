"""Signs of life: counted while an event loop goes round, missed by whoever was awake to hear them."""

import asyncio

from factotum.cli import heartbeat
from factotum.cli.heartbeat import Heartbeat, Silence


def looked(*looks):
    silence = Silence()
    return [silence.look(count, now) for count, now in looks]


async def test_an_event_loop_that_goes_round_is_heard_by_whoever_shares_the_folder(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(heartbeat, "BEAT", 0.001)
    heard, given = Heartbeat(tmp_path, 1), Heartbeat(tmp_path, 1)
    assert heard.count == 0

    given.start()

    async def five():
        for _ in range(10_000):
            await asyncio.sleep(0.001)
            if heard.count >= 5:
                return True
        return False

    assert await five()
    heard.reset()
    assert given.count == 0


def test_silence_is_counted_from_the_last_sign():
    assert looked((1, 100.0), (2, 105.0), (2, 110.0), (2, 112.0), (3, 117.0)) == [0, 0, 5, 7, 0]


def test_before_the_first_sign_it_is_counted_from_the_first_look():
    assert looked((0, 100.0), (0, 105.0), (0, 110.0), (1, 115.0), (1, 120.0)) == [0, 5, 10, 0, 5]


def test_who_was_stopped_itself_hears_again_first():
    """The whole group, or the machine."""
    assert looked((7, 100.0), (7, 105.0), (7, 4000.0), (7, 4005.0)) == [0, 5, 0, 5]
