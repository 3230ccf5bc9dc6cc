"""Which delivery it is: the same one again gives the same id, another one another."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.http import Request
from factotum.hooks.delivery_id import delivery_id
from factotum.hooks.provider import providers

FORM = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")


def of(key, body=b"", *headers):
    return delivery_id(providers()[key].delivery, Request("POST", "", tuple(headers), body))


@pytest.mark.parametrize(
    ("key", "body", "header", "wanted"),
    [
        ("github", b"{}", ("X-GitHub-Delivery", "72d3162e"), "72d3162e"),
        ("shopify", b"{}", ("x-shopify-webhook-id", "b54557e4"), "b54557e4"),
        ("gitlab", b"{}", ("idempotency-key", "f5e5"), "f5e5"),
        ("gitlab", b"{}", ("x-gitlab-event-uuid", "13792a"), "13792a"),
        ("standard", b"{}", ("webhook-id", "msg_1"), "msg_1"),
        ("stripe", b'{"id": "evt_1"}', FORM, "evt_1"),
        ("slack", b'{"event_id": "Ev1"}', FORM, "Ev1"),
        ("slack", b"trigger_id=1.2&command=x", FORM, "1.2"),
        ("telegram", b'{"update_id": 7}', FORM, "7"),
        ("twilio", b"MessageSid=SM1", ("i-twilio-idempotency-token", "tok"), "tok"),
        ("twilio", b"MessageSid=SM1&MessageStatus=sent&SmsStatus=sent", FORM, "SM1:sent"),
        ("twilio", b"MessageSid=SM1&SmsStatus=received", FORM, "SM1:received"),
        ("twilio", b"CallSid=CA1&CallStatus=in-progress&Digits=1", FORM, ""),
        ("github", b"{}", FORM, ""),
        ("hmac", b"{}", FORM, ""),
    ],
)
def test_it_stands_where_the_sender_puts_it(key, body, header, wanted):
    assert of(key, body, header) == wanted


@pytest.mark.parametrize("key", ["x", "meta"])
def test_without_an_id_the_body_is_the_delivery(key):
    assert of(key, b'{"a":1}') == of(key, b'{"a":1}') != of(key, b'{"a":2}')
    assert of(key, b"") == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"id"',
        b'{"id": null}',
        b'{"id": true}',
        b'{"id": {"a": 1}}',
        b"\xff",
        b"[" * 100_000,
        b'{"id": 1.5}',
    ],
)
def test_a_body_of_another_shape_has_none(body):
    assert of("stripe", body) == ""


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda one: st.dictionaries(st.text(), one))
)
def test_it_is_always_a_text(document):
    body = json.dumps(document).encode()

    assert isinstance(
        delivery_id(["json:a.b", "form:c+d", "header:e", "body"], Request("POST", "", (), body)),
        str,
    )
