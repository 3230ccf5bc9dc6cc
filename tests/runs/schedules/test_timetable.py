"""When a schedule is due, in real zones."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factotum.core.errors import BadInput
from factotum.runs.schedules.timetable import Timetable
from factotum.runs.schedules.zones import first_moment, moments_of, wall_time

BERLIN = "Europe/Berlin"
ZONES = [
    BERLIN,
    "America/Los_Angeles",
    "America/Havana",  # midnight is repeated
    "America/Asuncion",  # midnight was skipped
    "Africa/Cairo",
    "Australia/Lord_Howe",  # half an hour
    "Antarctica/Troll",  # two hours
    "Asia/Kathmandu",
    "Pacific/Apia",  # left out a whole day
    "Africa/Casablanca",
    "UTC",
]
FIXED = [
    "30 2 * * *",
    "0 0 * * *",
    "15,45 1 * * *",
    "*/20 1-3 * * *",
    "0 */2 * * *",
    "30 0 * * 0",
    "59 23 * * *",
    "0 2 29 3 *",
]
EVERY_HOUR = ["* * * * *", "*/15 * * * *", "30 * * * *", "5 0-23 * * 6", "0 * 1 * *"]
FROM, TO = 1_262_304_000, 1_893_456_000  # 2010 to 2030


def at(text, zone=BERLIN):
    """Moments of local times; ``+02:00`` behind one says which of two."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp())


def first(count, timetable, after):
    moments = []
    for moment in timetable.all_after(after):
        moments.append(moment)
        if len(moments) == count:
            break
    return moments


def told(moments, zone=BERLIN):
    return [
        datetime.fromtimestamp(each, ZoneInfo(zone)).isoformat(timespec="minutes")
        for each in moments
    ]


def test_the_published_package_fires_on_weekdays_at_eight_in_its_zone():
    timetable = Timetable.of(
        {
            "repeat_patterns": "# Once every weekday\r\n\r\n0 8 * * 1-5",
            "timezone": "America/Los_Angeles",
            "repeat_run_at": 1513008000,
        }
    )

    assert told(first(6, timetable, 1513008000), "America/Los_Angeles") == [
        "2017-12-12T08:00-08:00",
        "2017-12-13T08:00-08:00",
        "2017-12-14T08:00-08:00",
        "2017-12-15T08:00-08:00",
        "2017-12-18T08:00-08:00",
        "2017-12-19T08:00-08:00",
    ]


def test_a_time_that_is_skipped_fires_once_at_the_first_moment_after():
    timetable = Timetable(["30 2 * * *", "0,15 2 * * *", "0 3 * * *"], BERLIN)

    assert told(first(3, timetable, at("2026-03-28T23:00"))) == [
        "2026-03-29T03:00+02:00",
        "2026-03-30T02:00+02:00",
        "2026-03-30T02:15+02:00",
    ]


def test_a_time_that_is_repeated_fires_at_the_first_of_the_two():
    timetable = Timetable(["30 2 * * *"], BERLIN)

    assert told(first(2, timetable, at("2026-10-24T23:00"))) == [
        "2026-10-25T02:30+02:00",
        "2026-10-26T02:30+01:00",
    ]
    between = at("2026-10-25T02:10+01:00")  # in the second of the two hours
    assert told(first(1, timetable, between)) == ["2026-10-26T02:30+01:00"]


def test_every_two_hours_fires_the_repeated_hour_once_and_leaves_none_out():
    timetable = Timetable(["0 */2 * * *"], BERLIN)

    assert told(first(3, timetable, at("2026-10-25T00:30"))) == [
        "2026-10-25T02:00+02:00",
        "2026-10-25T04:00+01:00",
        "2026-10-25T06:00+01:00",
    ]
    assert told(first(2, timetable, at("2026-03-29T00:30"))) == [
        "2026-03-29T03:00+02:00",
        "2026-03-29T04:00+02:00",
    ]


def test_a_pattern_for_every_hour_goes_by_elapsed_time():
    timetable = Timetable(["*/30 * * * *"], BERLIN)
    autumn = first(8, timetable, at("2026-10-25T01:10"))
    spring = first(4, timetable, at("2026-03-29T01:10"))

    assert [later - sooner for sooner, later in pairwise(autumn)] == [1800] * 7
    assert told(spring)[:2] == ["2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00"]


def test_an_hour_repeated_across_midnight_is_not_left_out():
    timetable = Timetable(["*/30 * * * 6"], "America/Asuncion")  # until 2024 Saturday's last hour
    saturday = at("2024-03-23T22:45-03:00")

    assert told(first(4, timetable, saturday), "America/Asuncion") == [
        "2024-03-23T23:00-03:00",
        "2024-03-23T23:30-03:00",
        "2024-03-23T23:00-04:00",
        "2024-03-23T23:30-04:00",
    ]


def test_a_day_that_a_zone_left_out_fires_at_the_first_moment_after():
    timetable = Timetable(["0 12 * * *"], "Pacific/Apia")

    assert told(first(3, timetable, at("2011-12-29T00:00", "Pacific/Apia")), "Pacific/Apia") == [
        "2011-12-29T12:00-10:00",
        "2011-12-31T00:00+14:00",
        "2011-12-31T12:00+14:00",
    ]


@pytest.mark.parametrize(
    ("pattern", "following"),
    [
        ("@daily", "2026-01-16T00:00+00:00"),
        ("@weekly", "2026-01-18T00:00+00:00"),
        ("@hourly", "2026-01-15T11:00+00:00"),
        ("@monthly", "2026-02-01T00:00+00:00"),
        ("@yearly", "2027-01-01T00:00+00:00"),
        ("0 9 ? * MON", "2026-01-19T09:00+00:00"),
        ("0 0 29 2 *", "2028-02-29T00:00+00:00"),
        ("0 0 1 * 5", "2026-01-16T00:00+00:00"),  # the first of the month or a Friday
        ("0 18 L * *", "2026-01-31T18:00+00:00"),
        ("0 9 * * 1#1", "2026-02-02T09:00+00:00"),
        ("0 0 * * 7", "2026-01-18T00:00+00:00"),
    ],
)
def test_it_reads_what_cron_reads(pattern, following):
    thursday = at("2026-01-15T10:00+00:00")

    assert told([Timetable([pattern]).after(thursday)], "UTC") == [following]


@pytest.mark.parametrize(
    "params",
    [
        {"repeat_patterns": "0 25 * * *"},
        {"repeat_patterns": "0 0 31 2 *"},
        {"repeat_patterns": "hello"},
        {"repeat_patterns": "0 0 * * *", "timezone": "Mars/Base"},
        {"repeat_patterns": "0 0 * * *", "timezone": "../../etc/passwd"},
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(params):
    with pytest.raises(BadInput) as refused:
        Timetable.of(params)

    assert refused.value.sentence


def test_without_a_pattern_nothing_is_due():
    assert Timetable.of({"repeat_patterns": "# nothing yet"}).after(0) is None


def test_the_calendar_has_an_end():
    assert Timetable(["0 0 1 1 *"], "Asia/Tokyo").after(at("9999-11-30T00:00+00:00")) is None


def test_its_fingerprint_changes_with_what_it_says_and_with_nothing_else():
    plain = {"repeat_patterns": "0 8 * * *"}

    assert (
        Timetable.of(plain).fingerprint
        == Timetable.of(
            {"repeat_patterns": "# soon\r\n0 8 * * *", "timezone": "UTC", "catch_up": "all"}
        ).fingerprint
    )
    assert (
        Timetable.of(plain).fingerprint != Timetable.of({**plain, "timezone": BERLIN}).fingerprint
    )


moments = st.integers(FROM, TO)
near_changes = st.sampled_from(
    ["2026-03-29T00:30:00+00:00", "2026-10-25T00:30:00+00:00", "2024-03-24T02:30:00+00:00"]
).map(at)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.sampled_from(FIXED + EVERY_HOUR), min_size=1, max_size=3),
    st.sampled_from(ZONES),
    moments | near_changes,
)
def test_the_next_is_after_now_and_the_sequence_only_grows(patterns, zone, moment):
    timetable = Timetable(patterns, zone)
    following = first(12, timetable, moment)

    assert following[0] > moment
    assert all(sooner < later for sooner, later in pairwise(following))
    assert [timetable.after(each - 1) for each in following] == following


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(FIXED), st.sampled_from(ZONES), moments)
def test_no_wall_time_of_a_pattern_that_names_hours_fires_twice(pattern, zone, moment):
    following = first(400, Timetable([pattern], zone), moment)
    walls = [wall_time(each, ZoneInfo(zone)) for each in following]

    assert len(set(walls)) == len(walls)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ZONES), moments, st.integers(0, 23), st.integers(0, 59))
def test_a_daily_time_fires_for_every_day_whatever_the_clock_does(zone, moment, hour, minute):
    """Each day's wall time is shown or skipped: either way there is one firing for it."""
    place = ZoneInfo(zone)
    days = [wall_time(moment, place).date() + timedelta(days=more) for more in range(1, 400)]
    wanted = {first_moment(datetime.combine(day, time(hour, minute)), place) for day in days}
    end = max(wanted)
    fired = set()
    for each in Timetable([f"{minute} {hour} * * *"], zone).all_after(min(wanted) - 1):
        if each > end:
            break
        fired.add(each)

    assert fired == wanted


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(EVERY_HOUR), st.sampled_from(ZONES), moments | near_changes)
def test_every_hour_means_whenever_the_wall_shows_it(pattern, zone, moment):
    """Against looking at the wall each minute for two days."""
    place = ZoneInfo(zone)
    start = moment // 60 * 60
    minutes = range(start + 60, start + 2 * 86400, 60)
    shown = [int(wall_time(each, place).replace(tzinfo=UTC).timestamp()) for each in minutes]
    in_utc = Timetable([pattern]).all_after(min(shown) - 1)  # asked about the wall's own figures
    wanted = {*takewhile(lambda each: each <= max(shown), in_utc)}
    looked = [each for each, wall in zip(minutes, shown, strict=True) if wall in wanted]
    found = []
    for each in Timetable([pattern], zone).all_after(start):
        if each >= start + 2 * 86400:
            break
        found.append(each)

    assert found == looked


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), moments)
def test_a_moment_is_among_those_of_its_wall_time(zone, moment):
    place = ZoneInfo(zone)

    assert moment in moments_of(wall_time(moment, place), place)
