"""The proxy: what the caller wrote reaches the service byte for byte, and its answer comes back."""

import base64
import json
from urllib.parse import quote

import pytest
from tests.api.conftest import is_problem
from tests.servers.echo import PAYLOAD

from factotum.sandbox.switches import turn_on


def through(product, account, method, url, body=None, **more):
    return product.api(method, f"/proxy/{account}/{url}", body, **more)


def headers_of(came):
    return {name.lower(): value for name, value in came["headers"]}


@pytest.mark.parametrize(
    "target",
    [
        "/x?a=1&a=2&q=%2B+x",
        "/x?ids[]=1&ids[]=2",
        "/x?flag&b=",
        "/x?u=https://e.example/?y=1%26z",
        "/a%2Fb/c%20d?e=%2520",
        "/x//y/./z",
        "/caf%C3%A9?n=%E2%82%AC",
        "/x?e=!*'()~",
        "/",
    ],
)
def test_the_address_arrives_byte_for_byte(product, echo, strange, target):
    answer = through(product, strange, "GET", f"{echo.url}{target}")

    assert answer.status == 200, answer.text
    assert answer.json()["target"] == target


def test_an_account_is_named_by_its_name_too(product, echo, strange):
    assert through(product, "Strange", "GET", f"{echo.url}/x").status == 200


def test_a_folded_or_wholly_encoded_address_is_understood(product, echo, strange):
    for url in (f"http:/{echo.host}/x?a=1", quote(f"{echo.url}/x?a=1", safe="")):
        answer = through(product, strange, "GET", url)
        assert answer.json()["target"] == "/x?a=1"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_goes_through(product, echo, strange, method):
    body = None if method in {"GET", "OPTIONS"} else b"x"

    answer = through(product, strange, method, f"{echo.url}/x", body)

    assert answer.json()["method"] == method


def test_head_answers_the_headers_alone(product, echo, strange):
    answer = through(product, strange, "HEAD", f"{echo.url}/binary")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.header("content-length") == str(len(PAYLOAD))
    assert answer.header("content-type") == "application/octet-stream"


def test_bodies_are_bytes_both_ways(product, echo, strange):
    sent = through(
        product, strange, "POST", f"{echo.url}/x", PAYLOAD, headers={"Content-Type": "image/x"}
    )
    got = through(product, strange, "GET", f"{echo.url}/binary")

    assert base64.b64decode(sent.json()["body"]) == PAYLOAD
    assert headers_of(sent.json())["content-type"] == "image/x"
    assert got.body == PAYLOAD


def test_a_packed_answer_is_unpacked(product, echo, strange):
    answer = through(product, strange, "GET", f"{echo.url}/gzip")

    assert answer.json() == {"packed": True}
    assert answer.header("content-encoding") == ""


def test_headers_arrive_repeated_ones_too_and_the_callers_own_stay_here(product, echo, strange):
    pairs = (("X-Tag", "one"), ("X-Tag", "two"), ("Cookie", "a=b"), ("X-Under_Score", "kept"))

    answer = through(product, strange, "GET", f"{echo.url}/x", headers=pairs)

    came = echo.came[-1]
    assert [value for name, value in came["headers"] if name.lower() == "x-tag"] == ["one", "two"]
    assert headers_of(came)["x-under_score"] == "kept"
    assert "cookie" not in headers_of(came)
    assert headers_of(came)["host"] == echo.host
    basic = base64.b64encode(b"ada:a-basic-passw0rd").decode()
    assert headers_of(came)["authorization"] == f"Basic {basic}"
    assert basic not in answer.text  # a service that echoes credentials gives none away


def test_answers_keep_repeated_headers_and_bring_none_for_our_origin(product, echo, strange):
    repeated = through(product, strange, "GET", f"{echo.url}/repeated")
    cookies = through(product, strange, "GET", f"{echo.url}/cookies")

    links = [value for name, value in repeated.headers if name.lower() == "link"]
    assert links == ["<a>; rel=next", "<b>; rel=prev"]
    assert cookies.header("set-cookie") == ""
    assert cookies.header("alt-svc") == ""
    assert cookies.header("content-security-policy") == "sandbox"


def test_a_services_own_refusal_comes_back_as_it_is(product, echo, strange):
    answer = through(product, strange, "GET", f"{echo.url}/problem")

    assert (answer.status, answer.json()) == (404, {"theirs": True})
    assert answer.header("content-type") == "application/json"


def test_an_answer_without_a_body_comes_back(product, echo, strange):
    assert through(product, strange, "DELETE", f"{echo.url}/empty").status == 204


def test_the_run_that_recorded_it_is_named(product, echo, strange):
    run = through(product, strange, "POST", f"{echo.url}/x", b"").header("x-factotum-run")

    recorded = product.api("GET", f"/runs/{run}").json()
    assert (recorded["status"], recorded["trigger"]) == ("done", "call.api")
    assert [effect["state"] for effect in recorded["effects"]] == ["answered"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"status=Form+%2B+%C3%A4&status_=1"),
        ("application/json", b'{"text": "json \\u00e4"}'),
    ],
)
def test_what_is_signed_by_oauth_is_verified_at_the_other_end(product, linked, content_type, body):
    path = "1.1/statuses/update.json" if b"status=" in body else "2/tweets"
    host = "api.twitter.com" if b"status=" in body else "api.x.com"

    answer = through(
        product,
        linked["account"],
        "POST",
        f"https://{host}/{path}",
        body,
        headers={"Content-Type": content_type},
    )

    assert answer.status in {200, 201}, answer.text


def test_awkward_queries_are_signed_well(product, linked):
    query = "q=%2B+x&q=a%2520b&flag&ids[]=1&e=!*'()&u=%C3%A4"

    answer = through(
        product, linked["account"], "GET", f"https://api.twitter.com/1.1/search/tweets.json?{query}"
    )

    assert answer.status == 200, answer.text


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("https://elsewhere.example/", 403, "host-not-allowed"),
        ("http://169.254.169.254/", 403, "host-not-allowed"),
        ("api.x.com/2", 422, "bad-url"),
        ("ftp://api.x.com/", 422, "bad-url"),
        ("", 404, "not-found"),
    ],
)
def test_what_may_not_be_reached_is_a_problem_with_its_code(product, linked, url, status, code):
    is_problem(through(product, linked["account"], "GET", url), status, code)


def test_an_account_that_is_not_there_is_a_problem(product):
    is_problem(through(product, 999, "GET", "https://api.x.com/"), 404, "not-found")
    is_problem(through(product, "nobody", "GET", "https://api.x.com/"), 404, "not-found")


def test_a_cut_connection_is_a_problem_that_says_it_may_have_arrived(product, linked, calm):
    turn_on(calm.state, "cut-after", path="/1.1/statuses/update.json")

    answer = through(
        product,
        linked["account"],
        "POST",
        "https://api.twitter.com/1.1/statuses/update.json",
        b"status=Perhaps",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    detail = is_problem(answer, 502, "connection-cut")
    assert "not known" in detail
    assert json.loads(answer.body)["sent"] is True
    run = product.api("GET", f"/runs/{answer.header('x-factotum-run')}").json()
    assert [effect["state"] for effect in run["effects"]] == ["unknown"]


def test_a_body_that_is_too_large_is_a_problem(product, echo, strange):
    answer = through(product, strange, "POST", f"{echo.url}/x", b"x" * (33 * 1024 * 1024))

    is_problem(answer, 413, "too-large")
    assert not any(len(one["body"]) > 1_000_000 for one in echo.came)
