"""Windows and times to come back, out of headers."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.http import Response
from factotum.runs.limits.reading import LONGEST, by_name, readings, retry_after
from factotum.runs.limits.refusals import refusal
from factotum.runs.limits.rules import all_rules, generic, rules_for

NOW = 1_780_000_000.0
X = rules_for("api.x.com")
OTHER = rules_for("api.example.com")

NAMES = sorted(
    {
        name.lower()
        for rules in (*all_rules(), generic())
        for rule in rules.windows
        for name in (rule.limit, rule.remaining, rule.reset, rule.family)
        if name
    }
    | {"ratelimit", "ratelimit-policy", "retry-after"}
)


def told(rules, **headers):
    given_ = {name.replace("_", "-"): value for name, value in headers.items()}
    return {each.name: each for each in readings(rules, by_name(tuple(given_.items())), NOW)}


def test_it_reads_the_window_of_x():
    found = told(
        X,
        x_rate_limit_limit="900",
        x_rate_limit_remaining="899",
        x_rate_limit_reset=str(int(NOW) + 600),
    )
    assert found["window"].limit == 900
    assert found["window"].remaining == 899
    assert found["window"].reset_at == NOW + 600


def test_it_reads_the_day_of_x_for_the_user_and_for_the_app():
    found = told(
        X,
        x_user_limit_24hour_limit="100",
        x_user_limit_24hour_remaining="0",
        x_user_limit_24hour_reset=str(int(NOW) + 7200),
        x_app_limit_24hour_limit="1667",
        x_app_limit_24hour_remaining="1200",
        x_app_limit_24hour_reset=str(int(NOW) + 7200),
    )
    assert (found["day"].scope, found["day"].code) == ("account", "day-limit")
    assert (found["app-day"].scope, found["app-day"].remaining) == ("app", 1200)


def test_it_reads_the_resource_that_github_counts_by():
    found = told(
        rules_for("api.github.com"),
        x_ratelimit_limit="30",
        x_ratelimit_remaining="18",
        x_ratelimit_reset=str(int(NOW) + 60),
        x_ratelimit_resource="search",
    )
    assert found["window"].family == "search"


def label(host, family, left, **headers):
    names = {
        "x-rate-limit-limit": "300",
        "x-rate-limit-remaining": "299",
        "x-rate-limit-reset": str(int(NOW) + left),
    }
    [found] = readings(rules_for(host), {**names, **headers}, NOW, family)
    return found.label


@pytest.mark.parametrize(
    ("family", "left", "said"),
    [
        ("GET /2/users/me", 900, "15 minutes"),
        ("GET /2/users/me", 12, "15 minutes"),
        ("POST /1.1/statuses/update.json", 10_800, "3 hours"),
        ("POST /1.1/statuses/update.json", 60, "3 hours"),
        ("POST /1.1/favorites/create.json", 86_400, "24 hours"),
    ],
)
def test_a_window_of_x_says_how_long_it_lasts(family, left, said):
    assert label("api.x.com", family, left) == said


def test_a_window_that_lasts_longer_than_we_know_of_says_nothing():
    assert label("api.x.com", "GET /2/users/me", 5000) == ""
    assert label("api.example.com", "GET /me", 5000) == ""


def test_the_windows_of_a_day_say_so():
    headers = {
        f"x-{whose}-limit-24hour-{what}": value
        for whose in ("user", "app")
        for what, value in (("limit", "9"), ("remaining", "8"), ("reset", str(int(NOW) + 7200)))
    }
    found = {each.name: each.label for each in readings(X, headers, NOW)}
    assert found == {"day": "24 hours", "app-day": "24 hours"}


@pytest.mark.parametrize(
    ("resource", "said"), [("core", "1 hour"), ("search", "1 minute"), ("code_search", "1 minute")]
)
def test_a_window_of_github_lasts_as_long_as_its_resource_says(resource, said):
    found = told(
        rules_for("api.github.com"),
        x_ratelimit_limit="30",
        x_ratelimit_remaining="18",
        x_ratelimit_reset=str(int(NOW) + 50),
        x_ratelimit_resource=resource,
    )
    assert found["window"].label == said


def test_a_policy_of_the_draft_says_how_long_its_window_lasts():
    found = told(OTHER, ratelimit="calls;r=5;t=20", ratelimit_policy="calls;q=9;w=10800")
    assert found["calls"].label == "3 hours"


@pytest.mark.parametrize(
    ("ratelimit", "policy", "limit", "remaining", "reset_at"),
    [
        ('"hour";r=5;t=200', '"hour";q=100;w=3600', 100, 5, NOW + 200),
        ('"hour";r=5', '"hour";q=100;w=3600', 100, 5, NOW + 3600),
        ("hour; r=0; t=30", "hour; q=10; w=60", 10, 0, NOW + 30),
        ('"a";r=5;t=30;pk=:cHsdsRa894==:', '"a";q=9;w=60;qu="requests"', 9, 5, NOW + 30),
        ("limit=100, remaining=50, reset=30", "100;w=60", 100, 50, NOW + 30),
        ("remaining=50, reset=30", "", 1, 50, NOW + 30),
    ],
)
def test_it_reads_the_draft_of_the_ietf(ratelimit, policy, limit, remaining, reset_at):
    [found] = told(OTHER, ratelimit=ratelimit, ratelimit_policy=policy).values()
    assert (found.limit, found.remaining, found.reset_at) == (limit, remaining, reset_at)


def test_it_reads_every_policy_of_the_draft():
    found = told(
        OTHER,
        ratelimit='"burst";r=9;t=1, "day";r=0;t=4000',
        ratelimit_policy='"burst";q=10;w=1,"day";q=1000;w=86400',
    )
    assert {name: each.remaining for name, each in found.items()} == {"burst": 9, "day": 0}


def test_a_policy_of_the_earlier_draft_says_how_long_its_window_lasts_too():
    policies = "10;w=1, 100;w=3600"
    found = told(OTHER, ratelimit="limit=100, remaining=5, reset=9", ratelimit_policy=policies)
    assert found["window"].label == "1 hour"


@pytest.mark.parametrize("unit", ["content-bytes", "concurrent-requests"])
def test_a_quota_of_something_else_than_requests_is_no_window_of_requests(unit):
    policies = f'"a";q=9;w=60;qu="{unit}", "b";q=9;w=60'
    found = told(OTHER, ratelimit='"a";r=0;t=9, "b";r=4;t=9', ratelimit_policy=policies)
    assert list(found) == ["b"]


@pytest.mark.parametrize(
    "reset", [str(int(NOW) + 90), "90", str(int(NOW + 90) * 1000), "2026-05-28T20:28:10Z"]
)
def test_a_reset_may_be_told_in_several_ways(reset):
    found = told(OTHER, x_ratelimit_limit="10", x_ratelimit_remaining="1", x_ratelimit_reset=reset)
    assert found["window"].reset_at == NOW + 90


IN_75 = datetime.fromtimestamp(NOW + 75, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "75",
        "75, 75",
        str(int(NOW) + 75),
        format_datetime(IN_75, usegmt=True),
        format_datetime(IN_75.astimezone(timezone(timedelta(hours=5, minutes=30)))),
        IN_75.strftime("%A, %d-%b-%y %H:%M:%S GMT"),
        IN_75.strftime("%a %b %d %H:%M:%S %Y"),
        IN_75.isoformat(),
    ],
)
def test_it_reads_retry_after_as_seconds_and_as_a_date_in_any_zone(text):
    assert retry_after({"retry-after": text}, NOW) == NOW + 75


@pytest.mark.parametrize("text", ["soon", "-5", "1e3", "60s", "Mon, 32 Nov 2026 06:30:00 GMT", ""])
def test_what_says_no_time_is_as_if_it_was_not_there(text):
    assert retry_after({"retry-after": text}, NOW) is None


def test_nobody_waits_longer_than_a_month_for_a_header():
    assert retry_after({"retry-after": "99999999999"}, NOW) == NOW + LONGEST


VALUES = st.one_of(
    st.text(max_size=80),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ['"a";r=1;t=2', "limit=1, remaining=, reset=9", '"', ";;;,,", "Mon, 99 Foo 2026", "-1"]
    ),
)


@given(
    headers=st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=12),
    body=st.binary(max_size=200),
    status=st.sampled_from([200, 201, 402, 403, 404, 429, 500, 503]),
    host=st.sampled_from(["api.x.com", "api.github.com", "slack.com", "a.example"]),
)
def test_any_headers_are_read_or_ignored(headers, body, status, host):
    rules = rules_for(host)
    response = Response(status, tuple(headers), body)
    names = by_name(response.headers)
    found = readings(rules, names, NOW)
    for each in found:
        assert each.limit >= 0
        assert each.remaining >= 0
        assert each.reset_at <= NOW + LONGEST
    refused = refusal(rules, response, names, found, NOW)
    if status in {402, 429}:
        assert refused is not None
        assert refused.until <= NOW + LONGEST + 1
