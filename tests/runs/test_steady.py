"""How much time has passed is known whatever the clock is set to."""

from datetime import UTC, datetime

import pytest

from factotum.core.values import Moment
from factotum.runs import steady
from factotum.runs.steady import Steadiness

START = 1_800_000_000.0


class Time:
    """A clock that can be stepped, and the time that really passes."""

    def __init__(self):
        self.passed, self.shown = 1000.0, START

    def __call__(self):
        return Moment(datetime.fromtimestamp(self.shown, UTC), 0)

    def passes(self, seconds):
        self.passed += seconds
        self.shown += seconds

    def is_stepped(self, seconds):
        self.shown += seconds


@pytest.fixture
def time(monkeypatch):
    time = Time()
    monkeypatch.setattr(steady, "monotonic", lambda: time.passed)
    return time


def test_what_passes_is_waited(time):
    steadiness = Steadiness(time)
    time.passes(10)
    begun = time.shown
    time.passes(7)

    assert steadiness.waited(begun) == pytest.approx(7)


@pytest.mark.parametrize("hours", [5, -5])
def test_a_step_is_no_time_that_passed(time, hours):
    steadiness = Steadiness(time)
    time.passes(10)
    begun = time.shown
    time.passes(2)
    time.is_stepped(hours * 3600)

    assert steadiness.waited(begun) == 0
    time.passes(3)
    assert steadiness.waited(begun) == pytest.approx(3)


def test_of_what_was_before_it_began_it_knows_nothing(time):
    steadiness = Steadiness(time)
    time.passes(4)

    assert steadiness.waited(START - 100) == pytest.approx(4)


def test_drift_is_no_step(time):
    steadiness = Steadiness(time)
    begun = time.shown
    for _ in range(100):
        time.passes(10)
        time.is_stepped(0.2)
        steadiness.waited(begun)

    assert steadiness.waited(begun) == pytest.approx(1020)
