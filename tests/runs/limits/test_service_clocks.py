"""A service's clock is known by the dates of its answers, and only where they tell of one."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.runs.limits.service_clocks import ServiceClocks

NOW = 1_780_000_000.0


def dated(at):
    return {"date": formatdate(at, usegmt=True)}


def test_it_stays_the_same_while_answers_take_their_time():
    clocks = ServiceClocks()
    assert clocks.behind("a.example", dated(NOW - 180), NOW) == 180
    assert clocks.behind("a.example", dated(NOW - 180), NOW + 7.5) == 180
    assert clocks.behind("b.example", dated(NOW), NOW + 7.5) == 0


def test_a_clock_that_was_put_right_is_believed():
    clocks = ServiceClocks()
    assert clocks.behind("a.example", dated(NOW + 300), NOW) == -300
    assert clocks.behind("a.example", dated(NOW + 60), NOW + 60) == 0


def test_one_host_says_nothing_of_another():
    clocks = ServiceClocks()
    clocks.behind("a.example", dated(NOW - 180), NOW)
    assert clocks.behind("b.example", dated(NOW), NOW) == 0


@pytest.mark.parametrize(
    "headers", [{}, {"date": ""}, {"date": "soon"}, {"date": "Thu, 99 Foo 20"}]
)
def test_without_a_date_nothing_is_known(headers):
    assert ServiceClocks().behind("a.example", headers, NOW) == 0


@given(date=st.text(max_size=60), age=st.none() | st.text(max_size=9))
def test_any_date_is_read_or_ignored(date, age):
    headers = {"date": date} | ({} if age is None else {"age": age})
    assert abs(ServiceClocks().behind("a.example", headers, NOW)) < 900
