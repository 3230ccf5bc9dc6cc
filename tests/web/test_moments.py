"""Times and icons as pages show them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from factotum.web.templatetags.factotum import icon, moment

LONG_AGO = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def utc():
    with timezone.override(UTC):
        yield


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("short", "3 Feb 2001, 04:05"),
        ("exact", "3 Feb 2001, 04:05:06"),
        ("time", "04:05:06"),
        ("on", "on 3 Feb 2001"),
    ],
)
def test_a_time_is_told_in_the_form_that_is_asked_for(form, text):
    told = moment(LONG_AGO.timestamp(), form)
    assert told == (
        f'<time datetime="2001-02-03T04:05:06+00:00" title="2001-02-03 04:05:06 UTC">{text}</time>'
    )


def test_what_is_to_come_is_not_there_a_second_earlier():
    assert ">3 Feb 2101, 04:05:07<" in moment(LONG_AGO.replace(year=2101, microsecond=1), "exact")
    assert ">3 Feb 2101, 04:05:06<" in moment(LONG_AGO.replace(year=2101), "exact")
    assert ">3 Feb 2001, 04:05:06<" in moment(LONG_AGO.replace(microsecond=999_999), "exact")


def test_what_was_today_is_told_without_on():
    assert ">today<" in moment(timezone.now(), "on")


def test_a_time_is_told_from_now():
    assert ">2 days ago<" in moment(timezone.now() - timedelta(days=2, seconds=9), "relative")
    assert ">in 3 hours<" in moment(timezone.now() + timedelta(hours=3, seconds=9), "relative")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (20, "in a moment"),
        (45, "in 1 minute"),
        (14 * 60 + 58, "in 15 minutes"),
        (59 * 60 + 10, "in 59 minutes"),
        (59 * 60 + 50, "in 1 hour"),
        (3 * 3600 - 5, "in 3 hours"),
        (86_400 - 5, "in 1 day"),
    ],
)
def test_what_is_to_come_is_not_told_as_sooner_than_it_is(seconds, said):
    assert f">{said}<" in moment(timezone.now() + timedelta(seconds=seconds + 0.9), "relative")


def test_today_is_left_out_of_an_exact_time():
    now = timezone.now()
    assert f">{now:%H:%M:%S}<" in moment(now, "exact")


def test_no_time_is_never():
    assert moment(None) == '<span class="unset">never</span>'


def test_an_icon_takes_nothing_that_is_not_text():
    shown = icon('"><script>', "tiny")
    assert "<script>" not in shown
    assert shown == icon('"><script>', "tiny")
    assert 'class="icon tiny"' in icon("run", "tiny")
    assert "#run" in icon("run", "tiny")
