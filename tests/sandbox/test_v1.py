"""Version 1.1: the four calls of the Twitter bot, and who one is."""

from __future__ import annotations

import re

from .conftest import send


def tweet(signer, status, **more):
    return signer.call("/1.1/statuses/update.json", "POST", {"status": status, **more})


def test_it_posts_a_status(alice, state):
    answer = tweet(alice, "Tom & Jerry <3 #cats @bob https://example.com/a?b=c 你好 🎉")
    assert answer.status == 200
    posted = answer.json
    assert str(posted["id"]) == posted["id_str"] == next(iter(state.tweets))
    assert posted["text"].startswith("Tom &amp; Jerry &lt;3 #cats")
    assert posted["user"]["screen_name"] == "alice"
    assert posted["user"]["id"] == int(posted["user"]["id_str"]) > 2**53
    assert re.fullmatch(r"\w{3} \w{3} \d\d \d\d:\d\d:\d\d \+0000 \d{4}", posted["created_at"])
    assert "Help Desk" in posted["source"]
    entities = posted["entities"]
    assert entities["hashtags"][0]["text"] == "cats"
    assert entities["user_mentions"][0]["screen_name"] == "bob"
    assert entities["urls"][0]["expanded_url"] == "https://example.com/a?b=c"


def test_it_wants_a_text(alice):
    answer = tweet(alice, "   ")
    assert (answer.status, answer.code) == (403, 170)
    assert alice.call("/1.1/statuses/update.json", "POST", {}).code == 170


def test_it_refuses_a_text_that_is_too_long(alice):
    assert tweet(alice, "é" * 280).status == 200
    answer = tweet(alice, "é" * 281)
    assert (answer.status, answer.code) == (403, 186)
    assert tweet(alice, "好" * 141).code == 186


def test_it_refuses_a_duplicate_for_a_while(alice, bob, clock, state):
    assert tweet(alice, "once").status == 200
    answer = tweet(alice, " once ")
    assert (answer.status, answer.code) == (403, 187)
    assert tweet(bob, "once").status == 200
    assert len(state.tweets) == 2
    state.settings.duplicate_window = 0
    assert tweet(alice, "once").status == 200


def test_it_keeps_a_read_only_app_from_writing(signer, state):
    signer.app.permission = "read"
    reader = signer.link()
    answer = tweet(reader, "hello")
    assert (answer.status, answer.code) == (403, 261)
    signer.app.permission = "read-write"
    assert tweet(reader, "hello").code == 261  # the token keeps what it was given
    assert tweet(signer.link(), "hello").status == 200
    signer.app.permission = "read"
    assert tweet(signer.link(), "hello again").code == 261
    assert reader.call("/1.1/statuses/mentions_timeline.json").status == 200


def test_it_closes_version_1_to_apps_of_today(alice):
    alice.app.v1_open = False
    for path in ("search/tweets", "statuses/mentions_timeline", "users/show"):
        answer = alice.call(f"/1.1/{path}.json?q=a&screen_name=bob")
        assert (answer.status, answer.code) == (403, 453)
    assert tweet(alice, "hello").code == 453
    assert alice.call("/1.1/account/verify_credentials.json").status == 200


def test_it_shows_mentions_newest_first(alice, bob):
    tweet(bob, "@alice one")
    tweet(alice, "@alice to myself")
    tweet(bob, "@alicex not her")
    two = tweet(bob, "hello @ALICE").json
    found = alice.call("/1.1/statuses/mentions_timeline.json").json
    assert [entry["text"] for entry in found] == ["hello @ALICE", "@alice one"]
    path = f"/1.1/statuses/mentions_timeline.json?since_id={found[1]['id_str']}"
    assert [entry["id_str"] for entry in alice.call(path).json] == [two["id_str"]]


def test_it_searches(alice, bob):
    for status in ("red cat", "blue cat", "red dog #pets", "reply @alice"):
        tweet(bob, status)

    def found(query):
        answer = alice.call(f"/1.1/search/tweets.json?q={query}")
        assert answer.status == 200
        return [entry["text"] for entry in answer.json["statuses"]]

    assert found("cat") == ["blue cat", "red cat"]
    assert found("red%20cat") == ["red cat"]
    assert found("cat%20OR%20dog%20red") == ["red dog #pets", "red cat"]
    assert found("cat%20-blue") == ["red cat"]
    assert found("%23pets%20from%3Abob") == ["red dog #pets"]
    assert found("%40alice") == ["reply @alice"]
    assert found("%22red%20dog%22") == ["red dog #pets"]
    assert found("from%3Aalice") == []
    metadata = alice.call("/1.1/search/tweets.json?q=red&count=1").json["search_metadata"]
    assert (metadata["query"], metadata["count"]) == ("red", 1)


def test_it_wants_a_query(alice):
    assert alice.call("/1.1/search/tweets.json").code == 25
    assert alice.call("/1.1/search/tweets.json?q=").code == 25


def test_it_shows_a_user(alice, url):
    bob = alice.call("/1.1/users/show.json?screen_name=BOB").json
    assert (bob["screen_name"], bob["name"]) == ("bob", "Bob")
    assert alice.call(f"/1.1/users/show.json?user_id={bob['id_str']}").json == bob
    assert send(bob["profile_image_url_https"]).headers["content-type"] == "image/svg+xml"
    absent = alice.call("/1.1/users/show.json?screen_name=nobody")
    assert (absent.status, absent.code) == (404, 50)


def test_it_answers_a_reply(alice, bob):
    first = tweet(bob, "@alice help").json
    reply = tweet(alice, "@bob sure", in_reply_to_status_id=first["id_str"]).json
    assert reply["in_reply_to_status_id_str"] == first["id_str"]
    assert reply["in_reply_to_screen_name"] == "bob"
    assert tweet(alice, "@bob what?", in_reply_to_status_id="1").code == 385


def test_it_has_its_own_words_for_an_unknown_page(url):
    assert send(url + "/1.1/nothing.json").code == 34
