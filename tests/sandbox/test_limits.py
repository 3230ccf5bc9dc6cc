"""Rate limits: a window a caller and endpoint, told in headers."""

from __future__ import annotations

from .conftest import steer


def limits(answer):
    return {
        name.removeprefix("x-rate-limit-"): int(value)
        for name, value in answer.headers.items()
        if name.startswith("x-rate-limit-")
    }


def test_it_counts_down_and_refuses_until_the_window_is_over(alice, bob, url, clock):
    steer(url, "limits", **{"GET /2/users/me": 2, "GET /1.1/users/show.json": 1})
    first, second, third = (alice.call("/2/users/me") for _ in range(3))
    assert (limits(first)["limit"], limits(first)["remaining"]) == (2, 1)
    assert limits(second)["remaining"] == 0
    assert 0 < limits(first)["reset"] - clock() <= 901
    assert (third.status, third.json["title"]) == (429, "Too Many Requests")
    assert limits(third) == limits(second)
    assert bob.call("/2/users/me").status == 200
    assert alice.call("/1.1/users/show.json?screen_name=bob").status == 200
    over = alice.call("/1.1/users/show.json?screen_name=bob")
    assert (over.status, over.code) == (429, 88)


def test_it_opens_a_new_window(alice, state, clock):
    state.settings.limits = {"GET /2/users/me": 1}
    state.settings.timestamp_window = 2000
    assert alice.call("/2/users/me").status == 200
    assert alice.call("/2/users/me").status == 429
    clock.ahead = 901
    assert alice.call("/2/users/me").status == 200


def test_it_counts_calls_that_fail_too(alice, state):
    answer = alice.post_json("/2/tweets", {"text": ""})
    assert (answer.status, limits(answer)["remaining"]) == (400, 99)


def test_it_does_nothing_beyond_the_limit(alice, state):
    state.settings.limits = {"POST /2/tweets": 1}
    assert alice.post_json("/2/tweets", {"text": "one"}).status == 201
    assert alice.post_json("/2/tweets", {"text": "two"}).status == 429
    assert len(state.tweets) == 1
