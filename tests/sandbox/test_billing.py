"""What calls cost, credits that end, a month's cap, the limits of a day."""

from __future__ import annotations

import pytest

from .conftest import steer


@pytest.fixture
def bill(state, alice, url):
    """What the app has on its bill; steers it, too."""
    app = next(iter(state.apps.values()))

    def look(**changes):
        return steer(url, "bills", app=app.name, **changes)

    return look


def post(caller, text):
    return caller.post_json("/2/tweets", {"text": text})


def test_a_post_costs_more_with_a_link(alice, bill):
    post(alice, "one")
    assert bill()["spent"] == pytest.approx(0.015)
    post(alice, "two https://example.com")
    assert bill()["spent"] == pytest.approx(0.215)


def test_the_same_resource_is_paid_once_a_day(alice, bill, clock):
    for _ in range(3):
        alice.call("/2/users/me")
    assert bill()["spent"] == pytest.approx(0.005)


def test_without_credits_nothing_is_answered(alice, bill, state):
    bill(credits=0.02)
    assert post(alice, "one").status == 201
    assert post(alice, "two").status == 201
    refused = post(alice, "three")
    assert (refused.status, refused.json["title"]) == (402, "CreditsDepleted")
    assert len(state.tweets) == 2
    bill(credits=1)
    assert post(alice, "three").status == 201


def test_the_month_has_a_cap(alice, bill):
    bill(month_cap=1)
    assert alice.call("/2/users/me").status == 200
    refused = alice.call("/2/users/me")
    assert (refused.status, refused.json["title"]) == (429, "UsageCapExceeded")
    assert refused.json["period"] == "Monthly"
    assert int(refused.headers["x-rate-limit-remaining"]) > 0


def test_a_day_has_limits_of_the_user_and_of_the_app(alice, bob, url):
    steer(url, "day-limits", user={"POST /2/tweets": 2}, app={"POST /2/tweets": 3})
    first = post(alice, "one")
    assert first.headers["x-user-limit-24hour-remaining"] == "1"
    assert first.headers["x-app-limit-24hour-remaining"] == "2"
    assert post(alice, "two").status == 201
    assert post(alice, "three").status == 429


def test_windows_can_be_made_short(alice, url, clock):
    steer(url, "window", seconds=10)
    reset = int(alice.call("/2/users/me").headers["x-rate-limit-reset"])
    assert reset - clock() <= 11
