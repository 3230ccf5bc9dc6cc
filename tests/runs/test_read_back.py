"""Whether a post happened is read from what the account has done; texts are compared as services show them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.http import Request
from factotum.runs.read_back_rule import answer, match, rule_for, sent
from factotum.runs.shown_texts import shortened

UPDATE = "https://api.twitter.com/1.1/statuses/update.json"
FORM = (("content-type", "application/x-www-form-urlencoded"),)
JSON = (("content-type", "application/json"),)


def v1(text):
    return Request("POST", f"{UPDATE}?status={text}")


def v2(text):
    return Request("POST", "https://api.x.com/2/tweets", JSON, json.dumps({"text": text}).encode())


def item(text, at="2026-05-03T10:00:10.000Z", id="17"):
    return {"id": id, "text": text, "created_at": at}


SENT_AT = 1777802400.0  # 2026-05-03T10:00:00Z


def test_a_post_is_found_by_its_text_and_time():
    request = v2("Tom & Jerry https://example.com/a")
    items = [item("Another"), item("Tom &amp; Jerry https://t.co/x", id="18")]

    assert match(rule_for(request), request, items, SENT_AT)["id"] == "18"


@pytest.mark.parametrize("at", ["2026-05-03T09:58:00Z", "", "yesterday"])
def test_what_was_posted_before_is_another_post(at):
    request = v2("Good morning")

    assert match(rule_for(request), request, [item("Good morning", at)], SENT_AT) is None


def test_a_post_with_a_picture_is_shown_with_one_more_link():
    def found(**body):
        request = Request("POST", "https://api.x.com/2/tweets", JSON, json.dumps(body).encode())
        return match(rule_for(request), request, [item("Look https://t.co/x")], SENT_AT)

    assert found(text="Look", media={"media_ids": ["7"]})
    assert found(text="Look", quote_tweet_id="7")
    assert found(text="Look") is None
    assert found(text="", media={"media_ids": ["7"]}) is None


def test_nothing_is_found_without_a_text():
    request = v2("")

    assert match(rule_for(request), request, [item("")], SENT_AT) is None


def test_the_answer_is_the_one_that_the_request_would_have_got():
    first = answer(rule_for(v1("Hi")), v1("Hi"), item("Hi"))
    second = answer(rule_for(v2("Hi")), v2("Hi"), item("Hi"))

    assert (first.status, first.json()["id"], first.json()["id_str"]) == (200, 17, "17")
    assert (second.status, second.json()) == (201, {"data": {"id": "17", "text": "Hi"}})


def test_what_no_service_can_tell_has_no_rule():
    assert rule_for(Request("POST", "https://api.stripe.com/v1/charges")) is None
    assert rule_for(Request("DELETE", "https://api.x.com/2/tweets/1")) is None


def test_a_text_is_read_from_query_form_and_json():
    form = Request("POST", UPDATE, FORM, b"status=From+a+form")

    assert sent(v1("From%20the%20query"), "status") == "From the query"
    assert sent(form, "status") == "From a form"
    assert sent(v2("From JSON"), "text") == "From JSON"
    assert sent(Request("POST", UPDATE, JSON, b"no json"), "status") == ""
    assert sent(Request("POST", UPDATE, JSON, b"[1]"), "status") == ""


@given(st.text())
def test_a_text_is_the_same_as_itself_shown(text):
    shown = " ".join(text.split())
    assert shortened(shown) == shortened(text)
