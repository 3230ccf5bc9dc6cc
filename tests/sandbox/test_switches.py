"""Faults on purpose; the connection is watched on a bare socket."""

from __future__ import annotations

import socket
from http.client import RemoteDisconnected

import pytest

from .conftest import send, steer

UPDATE = "/1.1/statuses/update.json"


def raw(url, request):
    """Send bytes and read until the other side closes."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def bytes_of(signer, status):
    uri, headers, body = signer.signed(UPDATE, "POST", {"status": status})
    lines = [f"POST {UPDATE} HTTP/1.1", f"Host: {uri.split('/')[2]}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines).encode()


def test_it_closes_the_connection_without_a_byte_before_doing_the_work(alice, url, state):
    steer(url, "switches", fault="cut-before", times=1)
    assert raw(url, bytes_of(alice, "hello")) == b""
    assert not state.tweets
    assert alice.call(UPDATE, "POST", {"status": "hello"}).status == 200


def test_it_closes_the_connection_without_a_byte_after_doing_the_work(alice, url, state):
    steer(url, "switches", fault="cut-after", times=1, path="/1.1/statuses/")
    assert raw(url, bytes_of(alice, "hello")) == b""
    assert [tweet.text for tweet in state.tweets.values()] == ["hello"]
    assert alice.call(UPDATE, "POST", {"status": "hello"}).code == 187
    assert [(seen.status, seen.fault) for seen in list(state.seen)[-2:]] == [
        (0, "cut-after"),
        (403, ""),
    ]


def test_it_cuts_a_connection_that_was_kept_alive(alice, url, state):
    from http.client import HTTPConnection

    connection = HTTPConnection(url.removeprefix("http://"), timeout=20)
    connection.request("GET", "/2/users/me")
    connection.getresponse().read()
    steer(url, "switches", fault="cut-before")
    connection.request("GET", "/2/users/me")
    with pytest.raises(RemoteDisconnected):
        connection.getresponse()
    connection.close()


def test_it_cuts_the_refresh_of_a_token_too(url, state):
    steer(url, "switches", fault="cut-after", path="/2/oauth2/token")
    with pytest.raises(RemoteDisconnected):
        send(url + "/2/oauth2/token", "POST")


@pytest.mark.parametrize(
    ("fault", "code"), [("401", 89), ("403", 64), ("429", 88), ("500", 131), ("503", 130)]
)
def test_it_fails_in_the_words_of_either_version(alice, url, state, fault, code):
    steer(url, "switches", fault=fault, seconds=60)
    first = alice.call(UPDATE, "POST", {"status": "hello"})
    assert (first.status, first.code) == (int(fault), code)
    second = alice.post_json("/2/tweets", {"text": "hello"})
    assert (second.status, second.json["status"]) == (int(fault), int(fault))
    assert not state.tweets
    if fault == "429":
        assert first.headers["x-rate-limit-remaining"] == "0"
        assert int(first.headers["x-rate-limit-reset"]) > 0


def test_it_answers_garbage(alice, url):
    steer(url, "switches", fault="garbage")
    answer = alice.call("/2/users/me")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<h1>" in answer.body


def test_it_is_slow_and_then_fails_when_both_are_on(alice, url, state):
    steer(url, "switches", fault="500", times=1)
    steer(url, "switches", fault="slow", seconds=0.01)
    assert alice.call("/2/users/me").status == 500
    assert alice.call("/2/users/me").status == 200
    assert [seen.fault for seen in list(state.seen)[-2:]] == ["slow 500", "slow"]


def test_it_fails_as_often_as_was_said_and_where(alice, url):
    steer(url, "switches", fault="500", times=2, path="/2/users/", method="GET")
    assert alice.call("/2/tweets/1").status == 200
    assert [alice.call("/2/users/me").status for _ in range(3)] == [500, 500, 200]
    assert send(url + "/_sandbox/switches").json == []


def test_it_leaves_pages_and_its_own_controls_alone(url):
    steer(url, "switches", fault="500")
    for path in ("/", "/switches", "/apps", "/_sandbox/switches", "/static/sandbox.css"):
        assert send(url + path).status == 200
    on = send(url + "/_sandbox/switches").json
    steer(url, f"switches/{on[0]['id']}", "DELETE")
    assert send(url + "/_sandbox/switches").json == []


def test_it_turns_everything_off(alice, url):
    steer(url, "switches", fault="500")
    steer(url, "switches", fault="slow", seconds=1)
    steer(url, "switches", "DELETE")
    assert alice.call("/2/users/me").status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"fault": "fire"},
        {"fault": "500", "times": 0},
        {"fault": "slow", "seconds": 9999},
        {"fault": "500", "path": "2/users"},
        {"fault": "500", "colour": "red"},
        {},
    ],
)
def test_it_refuses_a_switch_that_makes_no_sense(url, wrong):
    import json

    headers = {"Content-Type": "application/json"}
    answer = send(url + "/_sandbox/switches", "POST", headers, json.dumps(wrong))
    assert answer.status == 400
    assert answer.json["error"]


def test_its_page_turns_faults_on_and_off(browser, url, state):
    sent = browser.submit(
        "/switches", do="on", fault="cut-after", path="/2/", times="3", seconds="", method="POST"
    )
    assert sent.status == 303
    assert "3 more times" in browser.get("/switches").body
    switch = state.switches[0]
    assert (switch.fault, switch.path, switch.times, switch.method) == (
        "cut-after",
        "/2/",
        3,
        "POST",
    )
    browser.submit("/switches", do="off", id=switch.id)
    assert state.switches == []
    wrong = browser.submit("/switches", do="on", fault="500", times="often")
    assert wrong.status == 422
    assert "must be numbers" in wrong.body
