"""The library's X bot, imported and walked: what it sends and what it says."""

from __future__ import annotations

import json

import pytest
from tests.bots.chatting import chat
from tests.bots.driving import SCRIPTS, World, answering, in_turn
from tests.packages.test_shelf import imported

from factotum.bots.conversation import menu
from factotum.bots.effects import CallHttp, HttpResult
from factotum.bots.interpreter import walk
from factotum.bots.tree import read_behavior
from factotum.core.values import Ref
from factotum.packages.shelf import load


@pytest.fixture(params=["x", "x-oauth2"])
def behaviors(request, desk, store):
    made = imported(desk, load(request.param)).records["behavior"]
    return {uid: read(store.get(Ref("behavior", each["id"]))) for uid, each in made.items()}


def read(record):
    event = {key: record[f"event_{key}"] for key in ("key", "label", "params")}
    found, faults = read_behavior({**record.values, "event": event}, id=record.id)
    assert faults == []
    return found


def posting(behaviors, service, *typed):
    world = World(service=service, behaviors={str(each.id): each for each in behaviors.values()})
    return chat(
        behaviors["behavior_handle"], *typed, world=world, payload={"interaction": "x.post"}
    )


def call_of(behaviors, uid, *services, **variables):
    world = World(
        service=in_turn(*services) if services else answering({"data": {"id": "7"}}),
        behaviors={str(each.id): each for each in behaviors.values()},
    )
    final = world.run(walk(behaviors[uid], {}, scripts=SCRIPTS, variables=variables))
    return world.of(CallHttp)[-1], final


def test_the_menu_offers_to_post(behaviors):
    offers = World().run(
        menu(list(behaviors.values()), "global", {"worker_id": 3}, scripts=SCRIPTS)
    )
    assert [(each.name, each.behavior_id) for each in offers] == [
        ("Post a tweet", str(behaviors["behavior_handle"].id))
    ]


def test_the_chat_asks_posts_once_and_says_where(behaviors):
    world = posting(behaviors, answering({"data": {"id": "1789", "text": "Hi"}}, 201), "Hi & bye")
    (call,) = world.of(CallHttp)
    assert (call.method, call.url) == ("POST", "https://api.x.com/2/tweets")
    assert json.loads(call.body) == {"text": "Hi & bye"}
    assert ("Content-Type", "application/json") in call.headers
    assert world.said == ["What would you like to post?", "Posted: https://x.com/i/status/1789"]


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (answering({"title": "Unauthorized", "detail": "Unauthorized", "status": 401}, 401), "401"),
        (answering({"detail": "You already said that."}, 403), "You already said that."),
        (answering({"errors": [{"message": "text is too long"}]}, 400), "text is too long"),
        (answering("<html>busy</html>", 503), "503"),
        (lambda _call: HttpResult(error="The account is not linked.", code="not-linked"), "not linked"),
        (answering({"errors": [{"detail": "no"}], "title": "Forbidden"}, 200), "200"),
    ],
)  # fmt: skip
def test_a_post_that_failed_is_told_with_its_reason_and_never_called_posted(
    behaviors, service, words
):
    world = posting(behaviors, service, "Hi")
    assert len(world.of(CallHttp)) == 1
    assert words in " ".join(world.said)
    assert not any(message.startswith("Posted") for message in world.said)


def test_an_empty_text_is_asked_for_again_and_never_sent(behaviors):
    world = posting(behaviors, answering({"data": {"id": "1"}}, 201), "  ", "Hi")
    (call,) = world.of(CallHttp)
    assert json.loads(call.body) == {"text": "Hi"}
    assert any("no text" in message for message in world.said)


def test_a_reply_names_what_it_replies_to(behaviors):
    call, _ = call_of(behaviors, "behavior_post", text='"Hi"\n😀', reply_to="17")
    assert json.loads(call.body) == {"text": '"Hi"\n😀', "reply": {"in_reply_to_tweet_id": "17"}}


@pytest.mark.parametrize(
    ("uid", "variables", "method", "url"),
    [
        ("behavior_delete", {"id": "17"}, "DELETE", "https://api.x.com/2/tweets/17"),
        ("behavior_me", {}, "GET", "https://api.x.com/2/users/me?user.fields=profile_image_url,public_metrics"),
        ("behavior_user", {"username": "@alice"}, "GET", "https://api.x.com/2/users/by/username/alice"),
        ("behavior_search", {"query": "#a b&c"}, "GET",
         "https://api.x.com/2/tweets/search/recent?query=%23a%20b%26c&max_results=10"),
        ("behavior_mentions", {}, "GET", "https://api.x.com/2/users/7/mentions?max_results=10"),
    ],
)  # fmt: skip
def test_each_behavior_calls_its_endpoint(behaviors, uid, variables, method, url):
    call, final = call_of(behaviors, uid, **variables)
    assert (call.method, call.url, call.account_id) == (method, url, 1)
    assert final["response_json"] == {"data": {"id": "7"}}
