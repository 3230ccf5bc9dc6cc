"""What several workers know of one window, put together; and whose turn it is."""

from hypothesis import given
from hypothesis import strategies as st

from factotum.runs.limits.windows import Live, Window, WindowKey, Windows, newer

KEY = WindowKey("account", 7, "api.x.com", "POST /2/tweets", "window")
NOW = 1_780_000_000.0


def window(remaining, *, limit=100, reset=NOW + 900, seen=NOW, **more):
    return Window(KEY, limit, remaining, reset, seen, **more)


def seen_in(number, second, remaining):
    """Something told in the numbered window, at that second of it."""
    begins = NOW + 900 * number
    return window(remaining, reset=begins + 900, seen=begins + second)


TOLD = st.builds(seen_in, st.integers(0, 2), st.integers(0, 50), st.integers(0, 100))


@given(one=TOLD, other=TOLD, third=TOLD)
def test_the_order_in_which_workers_tell_does_not_matter(one, other, third):
    assert newer(one, other) == newer(other, one)
    assert newer(newer(one, other), third) == newer(one, newer(other, third))
    assert newer(one, one) == one


def test_an_older_answer_that_comes_late_gives_nothing_back():
    assert newer(window(4), window(5)).remaining == 4


def test_a_later_window_takes_the_place_of_an_earlier_one():
    later = window(99, reset=NOW + 1800, seen=NOW + 901)
    assert newer(window(0), later) is later
    assert newer(later, window(0)) is later


def test_a_window_of_one_second_is_new_every_second():
    used_up = window(0, limit=10, reset=NOW + 1)
    following = window(9, limit=10, reset=NOW + 2.1, seen=NOW + 1.1)
    assert newer(used_up, following) is following
    assert newer(following, used_up) is following
    live = Live(used_up)
    assert not take(live, 1)
    assert live.learn(following)
    assert sum(take(live, 1, NOW + 1.2) for _ in range(20)) == 9
    assert not live.is_over


def test_a_window_may_become_shorter():
    shorter = window(2, limit=3, reset=NOW + 15, seen=NOW + 1)
    assert newer(window(97), shorter) is shorter
    assert newer(shorter, window(97)) is shorter


def test_a_stop_can_be_lifted():
    stop = window(0, limit=0, code="month-cap")
    lifted = window(0, limit=0, reset=NOW + 5, seen=NOW + 5, code="")
    assert newer(stop, lifted) is lifted
    assert newer(lifted, stop) is lifted


def test_requests_under_way_take_room():
    live = Live(window(3), under_way=2)
    assert live.room(NOW) == 1
    assert live.room(NOW + 901) == 98


def take(live, bot, now=NOW):
    """Let a bot through, or not, as the gate does."""
    live.roll(now)
    goes = live.room(now) > 0 and live.turn_of(bot, live.room(now), now)
    live.asked(bot, now, goes=goes)
    if goes:
        live.under_way += 1
    return goes


def test_a_bot_alone_may_use_all():
    live = Live(window(20, limit=20))
    assert sum(take(live, 1) for _ in range(30)) == 20


def test_no_bot_takes_what_another_waits_for():
    live = Live(window(9, limit=20))
    assert not live.window.is_stop
    assert take(live, 2)
    first = sum(take(live, 1) for _ in range(30))
    second = sum(take(live, 2) for _ in range(30))
    assert first + second == 8
    assert second >= 1


def test_after_the_reset_those_who_waited_share_alike():
    live = Live(window(0, limit=20, reset=NOW + 10))
    for bot in (1, 2):
        assert not take(live, bot)
    later = NOW + 11
    assert sum(take(live, 1, later) for _ in range(50)) == 10
    assert sum(take(live, 2, later) for _ in range(50)) == 10


def test_who_does_not_come_back_blocks_nobody_for_long():
    live = Live(window(0, limit=20, reset=NOW + 10))
    for bot in (1, 2):
        assert not take(live, bot)
    later = NOW + 11
    assert sum(take(live, 1, later) for _ in range(50)) == 10
    assert sum(take(live, 1, later + 61) for _ in range(50)) == 10


def test_windows_that_ended_make_room_for_others():
    windows = Windows()
    for number in range(21_000):
        key = WindowKey("account", number, "h", "f", "window")
        windows.learn(Window(key, 10, 5, NOW + 1, NOW + number / 1000))
    assert len(list(windows)) <= 20_000
