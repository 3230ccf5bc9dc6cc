"""What senders sign is taken, and nothing else is."""

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hooks.signing import (
    FORM,
    IS_UNSIGNED_BODY,
    NOW,
    SENDERS,
    URL,
    delivery,
    secret_for,
)

from factotum.core.errors import Refused
from factotum.core.http import Request
from factotum.hooks.provider import described, providers
from factotum.hooks.verification import verify

ALL = sorted(SENDERS)
SIGNING = sorted(set(ALL) - IS_UNSIGNED_BODY)
TIMED = [key for key in ALL if providers()[key].signature.timestamp]


def check(key, request, *secrets, now=NOW):
    verify(providers()[key], secrets or [secret_for(key)], request, now)


def refused(key, request, *secrets, now=NOW):
    with pytest.raises(Refused) as why:
        check(key, request, *secrets, now=now)
    assert secret_for(key) not in why.value.sentence
    return why.value.code


def with_header(request, name, change):
    headers = tuple(
        (key, change(value) if key == name else value) for key, value in request.headers
    )
    return replace(request, headers=headers)


def test_every_sender_has_a_test():
    assert set(providers()) == set(SENDERS)


@pytest.mark.parametrize("key", ALL)
def test_what_the_sender_signed_is_taken(key):
    check(key, delivery(key))


@pytest.mark.parametrize("key", ALL)
def test_another_secret_is_refused(key):
    assert refused(key, delivery(key, secret_for(key, 2))) == "signature-wrong"


@pytest.mark.parametrize("key", SIGNING)
def test_a_body_that_was_changed_is_refused(key):
    request = delivery(key)
    changed = replace(request, body=request.body.replace(b"SM1", b"SM2").replace(b"evt", b"Evt"))

    assert changed.body != request.body
    assert refused(key, changed) == "signature-wrong"


@pytest.mark.parametrize("key", ALL)
def test_an_unsigned_delivery_is_refused_by_the_name_of_the_header(key):
    bare = replace(delivery(key), headers=())

    assert refused(key, bare) == "signature-missing"


@pytest.mark.parametrize("key", ALL)
@pytest.mark.parametrize(
    "text", ["", " ", "sha256=", "v0=", "t=1,v1=", "v1,", "é", "=", ",,,", "0"]
)
def test_a_header_of_nonsense_is_refused(key, text):
    header = providers()[key].signature.header
    request = with_header(delivery(key), header, lambda _: text)

    assert refused(key, request) in {"signature-wrong", "signature-missing"}


@pytest.mark.parametrize("key", ALL)
def test_a_signature_that_comes_twice_is_refused(key):
    header = providers()[key].signature.header
    request = delivery(key)
    twice = replace(request, headers=(*request.headers, (header, request.header(header))))

    assert refused(key, twice) == "signature-wrong"


@pytest.mark.parametrize("key", ALL)
def test_while_a_secret_is_changed_both_are_good(key):
    old, new = secret_for(key, 1), secret_for(key, 2)

    check(key, delivery(key, old), old, new)
    check(key, delivery(key, new), old, new)
    assert refused(key, delivery(key, old), new) == "signature-wrong"


@pytest.mark.parametrize("key", ALL)
def test_without_a_secret_nothing_is_taken(key):
    with pytest.raises(Refused) as why:
        verify(providers()[key], [], delivery(key), NOW)
    assert why.value.code == "secret-missing"


@pytest.mark.parametrize("key", TIMED)
@pytest.mark.parametrize("away", [-301, 301])
def test_a_signature_of_another_time_is_refused(key, away):
    check(key, delivery(key), now=NOW + (300 if away > 0 else -300))

    assert refused(key, delivery(key), now=NOW + away) == "signature-old"


@pytest.mark.parametrize("key", TIMED)
def test_the_time_is_signed_too(key):
    rule = providers()[key].signature
    name = rule.header if rule.separator == "," else rule.timestamp
    later = with_header(delivery(key), name, lambda value: value.replace(str(NOW), str(NOW + 9)))

    assert refused(key, later, now=NOW + 9) == "signature-wrong"


@pytest.mark.parametrize("time", ["", "-1", "1e9", "٣", "9" * 40, "0x10", "1.5", "now"])
def test_a_time_that_is_none_is_refused(time):
    request = with_header(delivery("slack"), "x-slack-request-timestamp", lambda _: time)

    assert refused("slack", request) in {"signature-wrong", "signature-missing"}


def test_githubs_own_example():
    headers = (
        (
            "x-hub-signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        ),
    )
    check("github", Request("POST", URL, headers, b"Hello, World!"), "It's a Secret to Everybody")


def test_slacks_own_example():
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id="
        b"G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-"
        b"collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F39770088"
        b"5554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447"
        b"fce8b6703c"
    )
    headers = (
        FORM,
        ("x-slack-request-timestamp", "1531420618"),
        (
            "x-slack-signature",
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        ),
    )
    request = Request("POST", URL, headers, body)
    check("slack", request, "8f742231b10e8888abcd99yyyzzz85a5", now=1531420618)


def test_twilios_own_example():
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    body = (
        b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309"
        b"&To=%2B18005551212"
    )
    headers = (FORM, ("x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8="))
    check("twilio", Request("POST", url, headers, body), "12345")


@pytest.mark.parametrize("signed", [URL, URL.replace(".com/", ".com:443/")])
@pytest.mark.parametrize("known", [URL, URL.replace(".com/", ".com:443/")])
def test_twilio_may_name_the_port_or_not(signed, known):
    check("twilio", replace(delivery("twilio", url=signed), url=known))


def test_a_delivery_to_another_address_is_refused():
    request = delivery("twilio", url=f"{URL}?a=1")

    assert refused("twilio", replace(request, url=f"{URL}?a=2")) == "signature-wrong"


def twilio_json(body, digest_of=None):
    digest = hashlib.sha256(body if digest_of is None else digest_of).hexdigest()
    url = f"{URL}?bodySHA256={digest}"
    mac = hmac.new(secret_for("twilio").encode(), url.encode(), hashlib.sha1).digest()
    headers = (
        ("content-type", "application/json"),
        ("x-twilio-signature", base64.b64encode(mac).decode()),
    )
    return Request("POST", url, headers, body)


def test_twilios_json_is_signed_by_its_digest():
    check("twilio", twilio_json(b'{"a":1}'))

    assert refused("twilio", twilio_json(b'{"a":2}', digest_of=b'{"a":1}')) == "signature-wrong"


def test_a_body_that_the_address_does_not_sign_is_refused():
    signed = delivery("twilio", body=b"")
    carrying = replace(
        signed, headers=(("content-type", "text/plain"), signed.headers[1]), body=b"x"
    )

    assert refused("twilio", carrying) == "signature-wrong"


def test_what_we_sign_as_a_challenge_is_never_a_delivery():
    request = delivery("x", body=b"a-token-of-someone")

    assert refused("x", request) == "signature-wrong"


def test_one_of_several_signatures_of_a_list_is_enough():
    request = delivery("stripe")
    value = request.header("stripe-signature")
    check("stripe", with_header(request, "stripe-signature", lambda _: f"{value},v1=00,v0=11"))
    moved = value.replace(",v1=", ",v1=00,v1=")
    check("stripe", with_header(request, "stripe-signature", lambda _: moved))

    other = value.replace("v1=", "v0=")
    assert refused("stripe", with_header(request, "stripe-signature", lambda _: other)) == (
        "signature-wrong"
    )


OWN = {
    "signed_by": "hmac",
    "signature_header": "X-Acme-Signature",
    "signature_prefix": "acme=",
    "signature_algorithm": "sha512",
    "signature_encoding": "base64",
    "signed_text": "{timestamp}|{header:X-Acme-Id}|{url}|{body}",
    "timestamp_header": "X-Acme-Time",
    "tolerance": 10,
}


def test_a_webhook_describes_a_signature_of_its_own():
    provider = described(providers()["hmac"], OWN)
    text = f"{NOW}|id-1|{URL}|".encode() + b"\x00\xff"
    mac = base64.b64encode(hmac.new(b"key", text, hashlib.sha512).digest()).decode()
    headers = (
        ("x-acme-time", str(NOW)),
        ("x-acme-id", "id-1"),
        ("x-acme-signature", f"acme={mac}"),
    )
    request = Request("PUT", URL, headers, b"\x00\xff")

    verify(provider, ["key"], request, NOW + 10)
    with pytest.raises(Refused):
        verify(provider, ["key"], request, NOW + 11)
    with pytest.raises(Refused):
        verify(provider, ["key"], replace(request, headers=headers[1:]), NOW)


@pytest.mark.parametrize("key", SIGNING)
@given(body=st.binary(max_size=60), secret=st.text(min_size=1, max_size=20))
def test_any_bytes_are_checked_as_they_came(key, body, secret):
    if key in {"slack", "stripe", "standard"}:  # their libraries sign text only
        body = body.decode("utf-8", "ignore").encode()
    if key == "twilio":
        body = b"a=" + body.hex().encode()
    if key == "x":
        body = b"{" + body
    secret = secret_for(key) if key == "standard" else secret.encode("utf-8", "ignore").decode()
    if secret.strip():
        check(key, delivery(key, secret, body), secret)
        changed = replace(delivery(key, secret, body), body=body + b"1")
        with pytest.raises(Refused):
            check(key, changed, secret)
