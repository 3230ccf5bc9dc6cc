from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factotum.scripting.date_format import format_date
from factotum.scripting.dates import read_date

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
TUESDAY = datetime(2017, 12, 12, 11, 50, 7, tzinfo=UTC)
EARLY, LATE = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - hypothesis adds it
MOMENTS = st.datetimes(min_value=EARLY, max_value=LATE, timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("now", "2017-12-12 11:50:07"),
        ("NOW", "2017-12-12 11:50:07"),
        ("today", "2017-12-12 00:00:00"),
        ("midnight", "2017-12-12 00:00:00"),
        ("noon", "2017-12-12 12:00:00"),
        ("tomorrow", "2017-12-13 00:00:00"),
        ("yesterday noon", "2017-12-11 12:00:00"),
        ("today 08:30", "2017-12-12 08:30:00"),
        ("today 16:00", "2017-12-12 16:00:00"),
        ("tomorrow 8am", "2017-12-13 08:00:00"),
        ("8am tomorrow", "2017-12-13 08:00:00"),
        ("Friday noon", "2017-12-15 12:00:00"),
        ("Friday 8am", "2017-12-15 08:00:00"),
        ("friday at 5:30 pm", "2017-12-15 17:30:00"),
        ("Tuesday", "2017-12-12 00:00:00"),
        ("next tuesday", "2017-12-19 00:00:00"),
        ("last tuesday", "2017-12-05 00:00:00"),
        ("last Friday 5pm", "2017-12-08 17:00:00"),
        ("next friday", "2017-12-15 00:00:00"),
        ("monday next week", "2017-12-18 00:00:00"),
        ("sunday this week", "2017-12-17 00:00:00"),
        ("next week", "2017-12-19 11:50:07"),
        ("+2 days", "2017-12-14 11:50:07"),
        ("+2 weeks 08:00", "2017-12-26 08:00:00"),
        ("2 weeks ago", "2017-11-28 11:50:07"),
        ("-1 week", "2017-12-05 11:50:07"),
        ("-7 days", "2017-12-05 11:50:07"),
        ("+1 day 2 hours", "2017-12-13 13:50:07"),
        ("+90 minutes", "2017-12-12 13:20:07"),
        ("+3 weekdays", "2017-12-15 11:50:07"),
        ("+4 weekdays", "2017-12-18 11:50:07"),
        ("next month", "2018-01-12 11:50:07"),
        ("last year", "2016-12-12 11:50:07"),
        ("first day of next month", "2018-01-01 11:50:07"),
        ("last day of february", "2017-02-28 00:00:00"),
        ("february", "2017-02-12 00:00:00"),
        ("last day of february 2020", "2020-02-29 00:00:00"),
        ("first monday of next month", "2018-01-01 00:00:00"),
        ("third friday of january 2018", "2018-01-19 00:00:00"),
        ("last monday of this month", "2017-12-25 00:00:00"),
        ("@1513108417", "2017-12-12 19:53:37"),
        ("1513108417", "2017-12-12 19:53:37"),
        ("0", "1970-01-01 00:00:00"),
        ("-86400", "1969-12-31 00:00:00"),
        ("2018-01-02", "2018-01-02 00:00:00"),
        ("2018/1/2 3:04", "2018-01-02 03:04:00"),
        ("2018-01", "2018-01-01 00:00:00"),
        ("2018-01-02T03:04:05Z", "2018-01-02 03:04:05"),
        ("2018-01-02T03:04:05.250+02:00", "2018-01-02 01:04:05"),
        ("20180102T030405", "2018-01-02 03:04:05"),
        ("2018-01-02 03:04:05 -0800", "2018-01-02 11:04:05"),
        ("Tue, 02 Jan 2018 03:04:05 +0000", "2018-01-02 03:04:05"),
        ("Wed Aug 27 13:08:45 +0000 2008", "2008-08-27 13:08:45"),
        ("1/2/2018", "2018-01-02 00:00:00"),
        ("1/2/18 5pm", "2018-01-02 17:00:00"),
        ("12/25", "2017-12-25 00:00:00"),
        ("2.1.2018", "2018-01-02 00:00:00"),
        ("1-Jan-2018 10:00am", "2018-01-01 10:00:00"),
        ("Jan 9 2002 10am", "2002-01-09 10:00:00"),
        ("January 9th, 2002", "2002-01-09 00:00:00"),
        ("9 January", "2017-01-09 00:00:00"),
        ("may 5 at 8pm", "2017-05-05 20:00:00"),
        ("10am PST", "2017-12-12 18:00:00"),
        ("2018-01-02 10:00 Europe/Berlin", "2018-01-02 09:00:00"),
        ("2017-01-31 +1 month", "2017-03-03 00:00:00"),
        ("12:00 am", "2017-12-12 00:00:00"),
        ("24:00", "2017-12-13 00:00:00"),
    ],
)  # fmt: skip
def test_words_mean_the_moment_php_says(words: str, meant: str) -> None:
    found = read_date(words, TUESDAY, UTC)
    assert found is not None
    assert found.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") == meant


@pytest.mark.parametrize("words", ["", "  ", "soon", "Friday nonsense", "25:00", "13pm", "2018-13-01",
    "32 January", "+5", "next", "12/99/2018", "x" * 500, "@", "99999999999999999999", "Mars/Base",
    "+999999999999 years", "+9999999999 weekdays", "<script>"])  # fmt: skip
def test_words_that_mean_no_moment_are_told_from_those_that_do(words: str) -> None:
    assert read_date(words, TUESDAY, UTC) is None


@settings(deadline=None)
@given(st.text(alphabet="0123456789:/-+. @apmtzgforndyuw", max_size=30))
def test_no_text_breaks_the_reading_of_dates(words: str) -> None:
    found = read_date(words, TUESDAY, LOS_ANGELES)
    assert found is None or found.tzinfo is not None


@settings(deadline=None)
@given(MOMENTS)
def test_a_date_written_in_iso_reads_back_as_itself(moment: datetime) -> None:
    assert read_date(format_date(moment, "Y-m-d H:i:s.u"), TUESDAY, UTC) == moment
    assert read_date(format_date(moment, "c"), TUESDAY, UTC) == moment.replace(microsecond=0)
    assert read_date(format_date(moment, "r"), TUESDAY, UTC) == moment.replace(microsecond=0)
    assert read_date(format_date(moment, "U"), TUESDAY, UTC) == moment.replace(microsecond=0)


@settings(deadline=None)
@given(MOMENTS)
def test_letters_agree_with_strftime(moment: datetime) -> None:
    letters = {
        "d": "%d", "D": "%a", "l": "%A", "N": "%u", "w": "%w", "W": "%V", "F": "%B", "M": "%b",
        "m": "%m", "o": "%G", "Y": "%Y", "y": "%y", "A": "%p", "h": "%I", "H": "%H", "i": "%M",
        "s": "%S", "u": "%f", "O": "%z", "T": "%Z",
    }  # fmt: skip
    for letter, same in letters.items():
        assert format_date(moment, letter) == moment.strftime(same), letter
    assert format_date(moment, "jnGg").isdigit()
    assert int(format_date(moment, "z")) == int(moment.strftime("%j")) - 1


@settings(deadline=None)
@given(MOMENTS, st.integers(-10_000, 10_000))
def test_days_are_counted_on_the_calendar(moment: datetime, days: int) -> None:
    assert read_date(f"{days:+} days", moment, UTC) == moment + timedelta(days)


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("F d, Y g:ia", "July 04, 2018 5:06am"),
        ("D, d M Y H:i:s O", "Wed, 04 Jul 2018 05:06:07 -0700"),
        ("jS N z t L", "4th 3 184 31 0"),
        ("e T P p Z I", "America/Los_Angeles PDT -07:00 -07:00 -25200 1"),
        (r"\Y\m\d \\ \n", r"Ymd \ n"),
        ("c", "2018-07-04T05:06:07-07:00"),
        ("U.v", "1530705967.008"),
        ("B", "545"),
        ("é %", "é %"),
    ],
)
def test_a_format_shows_what_php_shows(pattern: str, shown: str) -> None:
    moment = datetime(2018, 7, 4, 5, 6, 7, 8_900, tzinfo=LOS_ANGELES)
    assert format_date(moment, pattern) == shown


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("{{ 'now'|date('F d, Y h:ia T') }}", "December 12, 2017 03:50am PST"),
        ("{{ 'tomorrow 5pm'|date('D, d F Y H:i T') }}", "Wed, 13 December 2017 17:00 PST"),
        ("{{ 'now'|date('H:i', 'Asia/Calcutta') }} {{ 'now'|date('H:i', 'Europe/Berlin') }}", "17:20 12:50"),
        ("{{ '0'|date(null, 'UTC') }}", "January 1, 1970 00:00"),
        ("{{ nothing|date('Y') }}", "2017"),
        ("{{ date('1-Jan-2018 10:00am')|date_modify('+2 hours')|date('F d, Y g:ia') }}", "January 01, 2018 12:00pm"),
        ("{{ date('2018-03-11 01:30')|date_modify('+1 hour')|date('H:i T') }}", "03:30 PDT"),
        ("{{ date('2018-03-10 12:00')|date_modify('+1 day')|date('H:i T') }}", "12:00 PDT"),
        ("{{ date('tomorrow') > date('now') ? 'later' }}{{ date('now') == date('now') }}", "later1"),
        ("{{ date('Jan 9 2002 10am')|date('U')|date_pretty }}", "15 years ago"),
        ("{{ '+3 hours'|date('U')|date_pretty }} {{ 'now'|date('U')|date_pretty }}", "in 3 hours just now"),
        ("{{ '' |date_pretty }}{{ nothing|date_pretty }}", ""),
        ("{{ date_lerp('2018-01-01 to 2018-01-09', 'day', 4)|map(t => t|date('j'))|join(' ') }}", "1 5 9"),
        ("{{ date_lerp('this month', unit='week')|length }}{{ date_lerp('yesterday', 'hour', limit=3)|length }}", "53"),
        ("{{ date('now')|json_encode }}", '{"date":"2017-12-12 03:50:00.000000","timezone_type":3,"timezone":"America\\/Los_Angeles"}'),
        ("{{ 1513108417|date('c') }}", "2017-12-12T11:53:37-08:00"),
    ],
)  # fmt: skip
def test_scripts_calculate_with_dates(render, script: str, shown: str) -> None:
    assert render(script, timezone="America/Los_Angeles") == shown


def test_a_script_can_tell_that_a_text_is_no_date(render) -> None:
    check = "{% if 0 == d %}no date{% else %}{{ d|date('Y') }}{% endif %}"
    for words in ("soon", "", "Friday nonsense"):
        stamp = render("{{ message|date('U') }}", message=words)
        assert stamp == "0"
        assert render(check, d=stamp) == "no date"
    assert render("[{{ 'soon'|date('F d, Y') }}{{ false|date }}{{ [1]|date('Y') }}]") == "[]"
    assert render(check, d=render("{{ 'Friday noon'|date('U') }}")) == "2017"
