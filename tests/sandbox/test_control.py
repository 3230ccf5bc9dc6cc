"""The control API, and who may use it."""

from __future__ import annotations

import json

import pytest

from .conftest import CALLBACK, Signer, send, steer


def test_it_makes_an_app_with_fixed_keys_and_makes_it_once(url, state):
    wanted = {
        "name": "Demo",
        "callback_urls": [CALLBACK],
        "consumer_key": "demo-key",
        "consumer_secret": "demo-secret",
    }
    made = steer(url, "apps", **wanted)
    assert steer(url, "apps", **wanted) == made
    assert len(state.apps) == 1
    signer = Signer(url, state.apps[made["id"]])
    assert signer.request_token(client_secret="demo-secret").status == 200
    renamed = steer(url, "apps", **{**wanted, "callback_urls": [], "name": "Other"})
    assert (renamed["id"], renamed["name"]) == (made["id"], "Other")


def test_it_refuses_an_app_with_fields_that_there_are_not(url):
    headers = {"Content-Type": "application/json"}
    for body in ({"name": "x", "colour": "red"}, {}, {"name": ""}):
        answer = send(url + "/_sandbox/apps", "POST", headers, json.dumps(body))
        assert answer.status == 400


def test_it_lists_tweets_and_requests(alice, url):
    steer(url, "users", username="carol", name="Carol")
    steer(url, "tweets", username="carol", text="@alice hello")
    alice.call("/2/users/me")
    tweets = send(url + "/_sandbox/tweets").json
    assert [(tweet["username"], tweet["text"]) for tweet in tweets] == [("carol", "@alice hello")]
    last = send(url + "/_sandbox/requests").json[-1]
    assert (last["method"], last["path"], last["status"]) == ("GET", "/2/users/me", 200)
    assert last["caller"] == "@alice · Help Desk · oauth1"


def test_it_forgets_everything(alice, url, state):
    steer(url, "tweets", username="bob", text="hello")
    steer(url, "reset")
    assert not state.apps
    assert not state.tweets
    assert alice.call("/2/users/me").status == 401
    assert state.user_named("alice")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},
        {},
        {"Content-Type": "application/json", "Host": "evil.example"},
        {"Content-Type": "application/json", "X-Forwarded-For": "203.0.113.9"},
    ],
)
def test_it_does_not_obey_other_machines_or_the_pages_of_others(url, state, app, headers):
    assert send(url + "/_sandbox/reset", "POST", headers, "{}").status == 403
    assert state.apps


def test_it_hides_its_keys_from_a_rebound_name(url, app):
    assert send(url + "/_sandbox/apps", headers={"Host": "evil.example:8100"}).status == 403
