from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.auth.driving import moment

from factotum.auth.http_basic import HttpBasic
from factotum.auth.scheme import Credentials, schemes
from factotum.core.errors import Refused, RelinkNeeded
from factotum.core.http import Request

scheme = HttpBasic()
SERVICE = {"base_url": "https://api.twilio.com/"}


def sign(account):
    request = Request("GET", "https://api.twilio.com/x", (("Authorization", "stale"),))
    return scheme.sign(request, Credentials(SERVICE, account), moment()).header("authorization")


def test_it_is_found_under_its_id():
    assert schemes["cerb.service.provider.http.basic"] is HttpBasic
    assert HttpBasic.account_fields.secret_keys == {"password"}
    assert HttpBasic.service_fields.faults(SERVICE) == {}


def test_it_sends_the_example_of_the_rfc():
    header = sign({"username": "Aladdin", "password": "open sesame"})
    assert header == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


def test_a_password_may_be_missing():
    assert b64decode(sign({"username": "sk_live"}).split()[1]) == b"sk_live:"


@given(st.text(st.characters(exclude_characters=":"), min_size=1), st.text())
def test_a_server_reads_back_name_and_password(username, password):
    kind, _, encoded = sign({"username": username, "password": password}).partition(" ")
    assert kind == "Basic"
    sent = b64decode(encoded)
    assert sent.partition(b":")[0] == username.encode("utf-8", "replace")
    assert sent.partition(b":")[2] == password.encode("utf-8", "replace")


def test_a_name_with_a_colon_cannot_be_sent():
    with pytest.raises(Refused, match="cannot hold a colon") as caught:
        sign({"username": "a:b", "password": "c"})
    assert caught.value.code == "bad-username"


def test_an_account_without_name_is_told_to_enter_it():
    with pytest.raises(RelinkNeeded, match="enter its Username"):
        sign({})


@pytest.mark.parametrize(
    ("whitelist", "hosts"),
    [
        (None, ()),
        ("", ()),
        (
            "https://other.example/v1\r\n\r\nhttps://*.example.com/*\n",
            ("other.example", "*.example.com"),
        ),
        (["api.example.com:8443", "API.twilio.com"], ("api.example.com:8443",)),
        (["*", "https://*/", "*.", "https://a.*.com/", "https://a.example:port/"], ()),
    ],
)
def test_the_password_goes_to_the_base_url_and_the_whitelist_only(whitelist, hosts):
    service = SERVICE | {"url_whitelist": whitelist}
    assert scheme.hosts(Credentials(service, {})) == ("api.twilio.com", *hosts)
