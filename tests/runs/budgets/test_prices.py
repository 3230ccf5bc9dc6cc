"""What requests may cost, and what they did."""

import json

import pytest

from factotum.core.errors import BadInput
from factotum.core.http import Request, Response
from factotum.runs.budgets.money import amount, micros_of
from factotum.runs.budgets.prices import Seen, read_table, resources, shipped, spent

X = shipped("api.x.com")


def post(text):
    body = json.dumps({"text": text}).encode()
    return Request("POST", "https://api.x.com/2/tweets", (), body)


def get(path):
    return Request("GET", f"https://api.x.com{path}")


def dollars(quote):
    return amount(quote.micros)


def answer(*ids, status=200):
    return Response(status, (), json.dumps({"data": [{"id": each} for each in ids]}).encode())


def test_a_post_costs_more_with_a_link():
    assert dollars(X.quote(post("Hello"))) == "0.015"
    assert dollars(X.quote(post("Hello https://example.com"))) == "0.20"


def test_a_post_of_a_form_costs_more_with_a_link():
    url = "https://api.twitter.com/1.1/statuses/update.json"
    body = b"status=see%20https%3A%2F%2Fexample.com"
    assert dollars(X.quote(Request("POST", url, (), body))) == "0.20"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/2/tweets/search/recent?query=a&max_results=50", "0.25"),
        ("/2/tweets/search/recent?query=a", "0.05"),
        ("/2/tweets?ids=1,2,3", "0.015"),
        ("/2/users/me", "0.005"),
        ("/2/users/by/username/ada", "0.005"),
        ("/2/users/7/mentions?max_results=5", "0.025"),
        ("/2/users/7/mentions?max_results=999999999999", "0.50"),
    ],
)
def test_reading_costs_by_resource_at_most(path, most):
    assert dollars(X.quote(get(path))) == most


def test_what_came_is_paid_and_the_same_once_a_day():
    seen = Seen()
    quote = X.quote(get("/2/tweets/search/recent?query=a&max_results=50"))
    assert spent(quote, answer("1", "2"), seen.of(9, "2026-11-22")) == 10_000
    assert spent(quote, answer("2", "3"), seen.of(9, "2026-11-22")) == 5_000
    assert spent(quote, answer("2"), seen.of(10, "2026-11-22")) == 5_000
    assert spent(quote, answer("2"), seen.of(9, "2026-11-23")) == 5_000


def test_a_refusal_costs_nothing():
    assert spent(X.quote(post("a")), Response(403), Seen()) == 0
    assert spent(X.quote(post("a")), Response(201), Seen()) == 15_000


def test_an_unknown_service_costs_nothing():
    table = shipped("api.example.com")
    assert not table
    assert table.quote(post("a")).price is None


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'{"data":{"id":"7"}}', ["7"]),
        (b'[{"id_str":"7"},{"id":8}]', ["7", "8"]),
        (b'{"statuses":[{"id_str":"7"}]}', ["7"]),
        (b'{"meta":{"result_count":0}}', []),
        (b'{"id_str":"7","name":"Ada"}', ["7"]),
        (b"<html>", []),
        (b'"text"', []),
        (b"", []),
    ],
)
def test_resources_are_found_in_the_usual_shapes(body, ids):
    assert resources(body) == ids


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"request": "tweets", "price": "1"}, "method and a path"),
        ({"request": "GET /a", "price": "much"}, "amount of dollars"),
        ({"request": "GET /a", "price": "-1"}, "between 0"),
        ({"request": "GET /a", "price": "1", "per": "day"}, "per must be"),
        ({"request": "GET /a", "price": "1", "body_has": "("}, "regular expression"),
        ({"request": "GET /a", "price": "1", "more": 1}, "nothing is called more"),
        ({"request": "GET /a", "price": "NaN"}, "amount of dollars"),
        ("GET /a", "an object"),
    ],
)
def test_a_faulty_entry_is_named(entry, words):
    with pytest.raises(BadInput, match=f"Price 2: .*{words}"):
        read_table([{"request": "GET /b", "price": "1"}, entry])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1e99",
        "1e400",
        "1e999999",
        "e5",
        ".",
        "Infinity",
        None,
        "1 2",
        "-1",
        "0,5",
        "1.000,00",
    ],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="amount"):
        micros_of(text)


@pytest.mark.parametrize(
    ("text", "micros"),
    [("$1,000.25", 1_000_250_000), (".5", 500_000), ("5.", 5_000_000), (4e-07, 1), ("0", 0)],
)
def test_amounts_are_read_as_people_and_programs_write_them(text, micros):
    assert micros_of(text) == micros
