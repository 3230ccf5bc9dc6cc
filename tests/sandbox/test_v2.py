"""Version 2: tweets and users, few fields unless more are asked for."""

from __future__ import annotations

import json

import pytest

from .conftest import send


def tweet(signer, text, **more):
    return signer.post_json("/2/tweets", {"text": text, **more})


def test_it_posts_shows_and_deletes_a_tweet(alice, bob, state):
    posted = tweet(alice, "hello & welcome")
    assert posted.status == 201
    data = posted.json["data"]
    assert data == {
        "id": next(iter(state.tweets)),
        "text": "hello &amp; welcome",
        "edit_history_tweet_ids": [data["id"]],
    }
    assert alice.call(f"/2/tweets/{data['id']}").json == {"data": data}
    assert bob.call(f"/2/tweets/{data['id']}", "DELETE").status == 403
    deleted = alice.call(f"/2/tweets/{data['id']}", "DELETE")
    assert (deleted.status, deleted.json) == (200, {"data": {"deleted": True}})
    assert not state.tweets


def test_it_says_inside_a_200_that_a_tweet_is_not_there(alice):
    answer = alice.call("/2/tweets/20")
    assert answer.status == 200
    problem = answer.json["errors"][0]
    assert (problem["title"], problem["resource_id"]) == ("Not Found Error", "20")
    assert "data" not in answer.json


def test_it_refuses_a_duplicate(alice, state):
    tweet(alice, "once")
    answer = tweet(alice, "once")
    assert answer.status == 403
    assert answer.json == {
        "title": "Forbidden",
        "detail": "You are not allowed to create a Tweet with duplicate content.",
        "type": "about:blank",
        "status": 403,
    }
    assert len(state.tweets) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": 7},
        {"text": "hello", "colour": "red"},
        {"text": "hello", "reply": {"in_reply_to_tweet_id": "1"}},
        {"text": "hello", "reply": {"in_reply_to_tweet_id": 1}},
        ["text"],
    ],
)
def test_it_refuses_a_body_that_makes_no_sense(alice, state, body):
    answer = alice.post_json("/2/tweets", body)
    assert (answer.status, answer.json["title"]) == (400, "Invalid Request")
    assert answer.json["errors"]
    assert not state.tweets


def test_it_refuses_a_text_that_is_too_long(alice):
    assert tweet(alice, "好" * 140).status == 201
    assert tweet(alice, "好" * 140 + "!").status == 403


def test_it_keeps_a_read_only_app_from_writing(signer):
    signer.app.permission = "read"
    answer = tweet(signer.link(), "hello")
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (403, "oauth1-permissions")


def test_it_tells_who_one_is(alice):
    answer = alice.call("/2/users/me")
    assert answer.json == {
        "data": {"id": "1712345678901234567", "name": "Alice", "username": "alice"}
    }
    more = alice.call("/2/users/me?user.fields=created_at,public_metrics,location").json["data"]
    assert more["created_at"].endswith("Z")
    assert more["public_metrics"]["tweet_count"] == 0
    assert more["location"] == "Lisbon"


def test_it_finds_users_by_id_and_by_name(alice):
    bob = alice.call("/2/users/by/username/Bob").json["data"]
    assert alice.call(f"/2/users/{bob['id']}").json["data"] == bob
    several = alice.call("/2/users/by?usernames=bob,nobody,alice").json
    assert [user["username"] for user in several["data"]] == ["bob", "alice"]
    assert several["errors"][0]["value"] == "nobody"
    absent = alice.call("/2/users/by/username/nobody")
    assert (absent.status, absent.json["errors"][0]["title"]) == (200, "Not Found Error")
    assert alice.call("/2/users/by/username/no-body").status == 400
    assert alice.call("/2/users/by").status == 400


def test_it_expands_what_is_asked_for(alice, bob):
    first = tweet(bob, "@alice help #now https://example.com").json["data"]
    reply = tweet(alice, "@bob sure", reply={"in_reply_to_tweet_id": first["id"]}).json["data"]
    path = f"/2/tweets/{reply['id']}?tweet.fields=created_at,entities,conversation_id,source"
    shown = alice.call(f"{path}&expansions=author_id,referenced_tweets.id").json
    assert shown["data"]["conversation_id"] == first["id"]
    assert shown["data"]["source"] == "Help Desk"
    assert shown["data"]["entities"]["mentions"][0]["username"] == "bob"
    assert shown["includes"]["users"][0]["username"] == "alice"
    assert shown["includes"]["tweets"][0]["id"] == first["id"]
    assert alice.call(f"/2/tweets/{reply['id']}?tweet.fields=colour").status == 400


def test_it_pages_through_a_search(alice):
    ids = [tweet(alice, f"number {n} of many").json["data"]["id"] for n in range(25)]
    seen, token = [], ""
    for _ in range(3):
        more = f"&next_token={token}" if token else ""
        page = alice.call(f"/2/tweets/search/recent?query=many&max_results=10{more}").json
        seen += [entry["id"] for entry in page["data"]]
        assert page["meta"]["result_count"] == len(page["data"])
        token = page["meta"].get("next_token", "")
    assert seen == ids[::-1]
    assert token == ""


def test_it_answers_an_empty_search_without_data(alice):
    answer = alice.call("/2/tweets/search/recent?query=nothing")
    assert answer.json == {"meta": {"result_count": 0}}
    assert alice.call("/2/tweets/search/recent").status == 400
    assert alice.call("/2/tweets/search/recent?query=a&max_results=9").status == 400


def test_it_shows_mentions_and_tweets_of_a_user(alice, bob):
    me = alice.call("/2/users/me").json["data"]["id"]
    first = tweet(bob, "@alice one").json["data"]["id"]
    second = tweet(bob, "@alice two").json["data"]["id"]
    tweet(alice, "my own")
    found = alice.call(f"/2/users/{me}/mentions").json
    assert [entry["id"] for entry in found["data"]] == [second, first]
    later = alice.call(f"/2/users/{me}/mentions?start_time=2099-01-01T00:00:00Z").json
    assert later == {"meta": {"result_count": 0}}
    refused = alice.call(f"/2/users/{me}/mentions?start_time=yesterday")
    assert (refused.status, "start_time" in json.dumps(refused.json)) == (400, True)
    since = alice.call(f"/2/users/{me}/mentions?since_id={first}").json
    assert [entry["id"] for entry in since["data"]] == [second]
    own = alice.call(f"/2/users/{me}/tweets").json
    assert [entry["text"] for entry in own["data"]] == ["my own"]


@pytest.mark.parametrize("path", ["/2/nothing", "/2", "/3/tweets", "/tweets", "/_sandbox/nothing"])
def test_a_program_is_told_as_x_tells_it_that_there_is_nothing(url, path):
    answer = send(url + path, headers={"Accept": "*/*"})
    assert (answer.status, answer.json["title"]) == (404, "Not Found")
    wrong = send(f"{url}/2/users/me", "POST")
    assert (wrong.status, wrong.json["title"]) == (405, "Method Not Allowed")


def test_a_browser_is_shown_a_page_where_there_is_no_page_but_not_of_the_api(url):
    accept = {"Accept": "text/html,*/*;q=0.8"}
    assert "<!doctype html>" in send(f"{url}/nobody-is-called-so", headers=accept).body
    assert send(f"{url}/2/nothing", headers=accept).json["status"] == 404
