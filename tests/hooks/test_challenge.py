"""What services ask before they send: answered, and no more is signed than has to be."""

import base64
import hashlib
import hmac
import json
from urllib.parse import quote

import pytest

from factotum.core.errors import Refused
from factotum.core.http import Request
from factotum.hooks.challenge import answered

GUID = "some-guid"


def asked(kind, query="", method="GET", body=b"", secrets=("consumer-secret", "older")):
    url = f"https://bots.example.com/webhooks/{GUID}?{query}"
    return answered(kind, Request(method, url, (), body), secrets, GUID)


def test_x_gets_its_token_signed_with_the_first_secret():
    answer = asked("crc", f"crc_token={quote('MTIz+/w==', safe='')}&nonce=1")

    mac = hmac.new(b"consumer-secret", b"MTIz+/w==", hashlib.sha256).digest()
    wanted = {"response_token": f"sha256={base64.b64encode(mac).decode()}"}
    assert json.loads(answer.body) == wanted
    assert answer.content_type == "application/json"


@pytest.mark.parametrize(
    "token",
    ['{"tweet_create_events":[]}', "a b", "[1]", '"a"', "a" * 257, "é", "a\n", "a&b", "a,b"],
)
def test_nothing_else_is_signed_for_a_stranger(token):
    with pytest.raises(Refused, match="token"):
        asked("crc", f"crc_token={quote(token, safe='')}")


def test_without_a_secret_there_is_no_answer():
    with pytest.raises(Refused, match="no signing secret"):
        asked("crc", "crc_token=abc", secrets=())


@pytest.mark.parametrize(
    ("query", "method"), [("", "GET"), ("crc_token=a", "POST"), ("a=b", "GET")]
)
def test_other_requests_are_no_challenge(query, method):
    assert asked("crc", query, method) is None


def test_meta_gets_its_challenge_back_where_it_knows_the_guid():
    query = f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={GUID}"

    assert asked("hub", query).body == b"1158201444"
    with pytest.raises(Refused, match="verify_token"):
        asked("hub", query.replace(GUID, "guess"))
    with pytest.raises(Refused, match="shaped"):
        asked("hub", query.replace("1158201444", "%3Cscript%3E"))
    assert asked("hub", "a=b") is None


def test_slack_gets_its_challenge_back():
    body = b'{"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}'

    assert asked("echo", method="POST", body=body).body == b"3eZbrw1a"
    assert asked("echo", method="POST", body=b'{"type": "event_callback"}') is None
    assert asked("echo", method="POST", body=b"not json") is None
