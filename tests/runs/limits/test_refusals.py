"""A 429 of the window, of the day, of the month's cap and a 402 are told apart."""

import json
from datetime import UTC, datetime

import pytest

from factotum.core.http import Response
from factotum.runs.limits.reading import by_name, readings
from factotum.runs.limits.refusals import month_end, refusal, sentence
from factotum.runs.limits.rules import rules_for

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC).timestamp()
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC).timestamp()
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC).timestamp()

WINDOW = {
    "x-rate-limit-limit": "100",
    "x-rate-limit-remaining": "0",
    "x-rate-limit-reset": str(int(NOW) + 500),
}
ROOM = WINDOW | {"x-rate-limit-remaining": "71"}
DAY = {
    "x-user-limit-24hour-limit": "100",
    "x-user-limit-24hour-remaining": "0",
    "x-user-limit-24hour-reset": str(int(NOW) + 40_000),
}
CAP = {
    "title": "UsageCapExceeded",
    "period": "Monthly",
    "scope": "Product",
    "detail": "Usage cap exceeded: Monthly product cap",
    "type": "https://api.twitter.com/2/problems/usage-capped",
}


def of(host, status, headers=None, body=""):
    text = body if isinstance(body, str) else json.dumps(body)
    response = Response(status, tuple((headers or {}).items()), text.encode())
    names, rules = by_name(response.headers), rules_for(host)
    return refusal(rules, response, names, readings(rules, names, NOW), NOW)


def test_the_window():
    found = of("api.x.com", 429, WINDOW)
    assert (found.code, found.until) == ("rate-limited", NOW + 500)


def test_the_day():
    found = of("api.x.com", 429, ROOM | DAY)
    assert (found.code, found.until, found.scope) == ("day-limit", NOW + 40_000, "account")


def test_the_month():
    found = of("api.x.com", 429, ROOM, CAP)
    assert (found.code, found.until, found.scope) == ("month-cap", DECEMBER, "app")


def test_a_service_that_knows_when_its_month_ends_is_believed():
    later = {"Retry-After": str(20 * 86_400)}
    assert of("api.example.com", 429, later, "monthly quota").until == NOW + 20 * 86_400
    assert of("api.example.com", 429, {"Retry-After": "5"}, "monthly quota").until == DECEMBER


@pytest.mark.parametrize("host", ["api.x.com", "api.example.com"])
def test_a_daily_cap_is_the_day(host):
    found = of(host, 429, ROOM, CAP | {"period": "Daily"})
    assert (found.code, found.until) == ("day-limit", MIDNIGHT)


@pytest.mark.parametrize("host", ["api.x.com", "api.example.com"])
def test_no_credits(host):
    found = of(host, 402, {}, {"title": "CreditsDepleted"})
    assert (found.code, found.whole) == ("out-of-credits", True)


def test_a_declined_card_is_an_answer():
    declined = {"error": {"type": "card_error", "code": "card_declined"}}

    assert of("api.stripe.com", 402, {}, declined) is None
    assert of("api.stripe.com", 429).code == "rate-limited"


def test_a_429_with_room_and_no_reason_is_for_a_moment():
    found = of("api.x.com", 429, ROOM)
    assert (found.code, found.until) == ("rate-limited", NOW + 30)


def test_github_says_403_when_its_window_is_empty():
    headers = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": str(int(NOW) + 900),
    }
    assert of("api.github.com", 403, headers).until == NOW + 900
    assert of("api.github.com", 403, headers | {"x-ratelimit-remaining": "4"}) is None


def test_github_has_secondary_limits():
    body = {"message": "You have exceeded a secondary rate limit. Please wait."}
    found = of("api.github.com", 403, {"retry-after": "17"}, body)
    assert (found.until, found.whole) == (NOW + 17, True)
    assert of("api.github.com", 429, {}, body).until == NOW + 60
    assert of("api.github.com", 403, {"retry-after": "17"}, "").until == NOW + 17


def test_a_github_of_ones_own_says_it_the_same_way():
    host, empty = "github.example.com", {"x-ratelimit-remaining": "0"}
    headers = empty | {"x-ratelimit-limit": "5000", "x-ratelimit-reset": str(int(NOW) + 900)}
    body = {"message": "API rate limit exceeded for user ID 1."}
    assert of(host, 403, headers, body).until == NOW + 900
    assert of(host, 403, headers | {"x-ratelimit-remaining": "4"}, body) is None
    assert of(host, 403, headers, {"message": "Resource not accessible."}) is None
    secondary = {"message": "You have exceeded a secondary rate limit."}
    assert (of(host, 403, {}, secondary).until, of(host, 403, {}, secondary).whole) == (
        NOW + 60,
        True,
    )


def test_githubs_graphql_says_it_with_200():
    headers = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": str(int(NOW) + 900),
    }
    body = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    assert of("api.github.com", 200, headers, json.dumps(body, indent=1)).until == NOW + 900
    assert of("api.github.com", 200, headers, {"data": {}}) is None


def test_slack_says_how_long_for_each_method():
    assert of("slack.com", 429, {"Retry-After": "30"}).until == NOW + 30
    assert of(
        "slack.com", 200, {"Retry-After": "3"}, '{"ok":false,"error":"ratelimited"}'
    ).until == (NOW + 3)
    assert of("slack.com", 200, {}, '{"ok":true,"text":"we spoke of ratelimited"}') is None


@pytest.mark.parametrize("text", ["ratelimited", "rate_limited", '"error":"ratelimited"'])
def test_a_message_of_such_words_was_posted_and_is_not_posted_again(text):
    made = json.dumps({"ok": True, "message": {"text": text}}, separators=(",", ":"))
    assert of("slack.com", 200, {}, made) is None


def test_a_busy_service_says_when_to_come_back():
    assert of("api.example.com", 503, {"Retry-After": "5"}).until == NOW + 5
    assert of("api.example.com", 403, {"Retry-After": "5"}).until == NOW + 5
    assert of("api.example.com", 503) is None


def test_other_answers_refuse_for_other_reasons():
    assert of("api.x.com", 403, WINDOW) is None
    assert of("api.x.com", 200, WINDOW) is None


def test_the_month_ends_in_december_too():
    at = datetime(2026, 12, 31, 23, 59, tzinfo=UTC).timestamp()
    assert month_end(at) == datetime(2027, 1, 1, tzinfo=UTC).timestamp()


def test_the_sentence_says_until_when():
    assert "at 18:08:20 UTC" in sentence("rate-limited", "X", "POST /2/tweets", NOW + 500, NOW)
    assert "on 1 December 2026 at 00:00:00 UTC" in sentence("month-cap", "X", "", DECEMBER, NOW)
