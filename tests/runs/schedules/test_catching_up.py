"""What is fired for the time that nobody was there, and which run it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.runs.schedules.catching_up import ALL_MOST, ON_TIME, Plan, plan, rule_of
from factotum.runs.schedules.firing import run_id_for
from factotum.runs.schedules.timetable import Timetable

HOUR = 3600
HOURLY = Timetable(["0 * * * *"])
EACH_MINUTE = Timetable(["* * * * *"])


@pytest.mark.parametrize("rule", ["once", "all", "skip"])
def test_on_time_every_rule_fires_what_is_due(rule):
    assert plan(HOURLY, HOUR, HOUR + 2, rule) == Plan((HOUR,), 2 * HOUR)


def test_before_its_time_nothing_fires():
    assert plan(HOURLY, 2 * HOUR, HOUR, "all") == Plan((), 2 * HOUR)


def test_after_downtime_once_fires_the_last_one_missed():
    assert plan(HOURLY, HOUR, 5 * HOUR + 600, "once") == Plan((5 * HOUR,), 6 * HOUR, skipped=True)


def test_after_downtime_all_fires_each():
    found = plan(HOURLY, HOUR, 5 * HOUR + 600, "all")

    assert found == Plan(tuple(n * HOUR for n in range(1, 6)), 6 * HOUR)


def test_all_is_bounded_and_says_that_it_let_some_go():
    found = plan(EACH_MINUTE, 60, 60 * 5000 + 5, "all")

    assert len(found.dues) == ALL_MOST
    assert found.dues[-1] == 60 * 5000
    assert found.skipped


def test_after_downtime_skip_fires_only_what_is_due_now():
    late = plan(HOURLY, HOUR, 5 * HOUR + ON_TIME, "skip")
    just_now = plan(HOURLY, HOUR, 5 * HOUR + ON_TIME - 1, "skip")

    assert late == Plan((), 6 * HOUR, skipped=True)
    assert just_now == Plan((5 * HOUR,), 6 * HOUR, skipped=True)


def test_years_of_downtime_are_looked_through_quickly():
    found = plan(EACH_MINUTE, 60, 60 * 5_000_000, "once")

    assert found.dues == (60 * 5_000_000,)


def test_the_last_one_of_a_schedule_that_never_comes_again_still_fires():
    never = Timetable(["# none"][:0])

    assert plan(never, 100, 200, "once") == Plan((100,), None)


@pytest.mark.parametrize(
    ("params", "rule"),
    [
        ({}, "once"),
        ({"catch_up": "all"}, "all"),
        ({"catch_up": "skip"}, "skip"),
        ({"catch_up": 7}, "once"),
    ],
)
def test_the_rule_stands_in_the_events_params(params, rule):
    assert rule_of(params) == rule


@given(
    st.sampled_from(["once", "all", "skip"]),
    st.integers(1, 100),
    st.integers(0, 40 * HOUR),
)
def test_no_due_moment_is_fired_by_two_plans_that_follow_each_other(rule, hours, later):
    due = hours * HOUR
    sooner = plan(HOURLY, due, due + later, rule)
    following = plan(HOURLY, sooner.next_at, due + 2 * later + HOUR, rule)

    assert not set(sooner.dues) & set(following.dues)
    assert all(due <= each <= due + later for each in sooner.dues)
    assert sooner.next_at > due + later


def test_a_firing_is_always_the_same_run():
    run_id = run_id_for("behavior:12", 1513008000)

    assert run_id == run_id_for("behavior:12", 1513008000)
    assert len(run_id) == 32
    assert int(run_id[:12], 16) == 1513008000_000
    assert (
        len({run_id, run_id_for("behavior:13", 1513008000), run_id_for("behavior:12", 1513008060)})
        == 3
    )


def test_later_firings_have_later_ids():
    ids = [run_id_for("behavior:1", moment) for moment in range(0, 4_000_000_000, 97_000_000)]

    assert ids == sorted(ids)
