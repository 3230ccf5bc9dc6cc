"""OAuth 1.0a: everything that may be wrong with a request is noticed."""

from __future__ import annotations

import time

import pytest
from authlib.oauth1 import ClientAuth
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, SIGNATURE_PLAINTEXT, SIGNATURE_TYPE_QUERY

from .conftest import CALLBACK, send, steer

ME = "/1.1/account/verify_credentials.json"


def consent(signer, token, **more):
    address = f"{signer.url}/oauth/authorize?oauth_token={token['oauth_token']}"
    return steer(signer.url, "consent", authorize_url=address, **more)


def verifier_of(said):
    return said["location"].partition("oauth_verifier=")[2]


def test_it_links_an_account_in_three_steps(signer):
    token = signer.request_token()
    assert token.status == 200
    assert token.form["oauth_callback_confirmed"] == "true"
    said = consent(signer, token.form, username="bob")
    assert said["location"].startswith(f"{CALLBACK}?oauth_token={token.form['oauth_token']}&")
    access = signer.swap(token.form, verifier_of(said))
    assert access.status == 200
    assert access.form["screen_name"] == "bob"
    assert access.form["user_id"] == access.form["oauth_token"].partition("-")[0]
    assert set(access.form) == {"oauth_token", "oauth_token_secret", "user_id", "screen_name"}
    me = signer.holding(access.form).call(ME)
    assert (me.status, me.json["screen_name"]) == (200, "bob")


def test_it_gives_the_same_access_token_when_linked_again(signer):
    assert signer.link("alice").token == signer.link("alice").token


@pytest.mark.parametrize("method", [SIGNATURE_HMAC_SHA256, SIGNATURE_PLAINTEXT])
def test_it_verifies_the_other_symmetric_methods(signer, method):
    signer.options = {"signature_method": method}
    alice = signer.link()
    assert alice.call(ME).json["screen_name"] == "alice"
    alice.secret = "wrong"
    assert alice.call(ME).code == 32


def test_it_verifies_rsa_sha1_with_the_public_key_of_the_app(signer, state, alice):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signer.app.rsa_public_key = (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    assert rsa_call(alice, key).json["screen_name"] == "alice"
    assert rsa_call(alice, other).code == 32
    signer.app.rsa_public_key = ""
    assert rsa_call(alice, key).code == 32


def rsa_call(signer, key):
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    auth = ClientAuth(
        signer.app.consumer_key,
        token=signer.token,
        rsa_key=pem.decode(),
        signature_method="RSA-SHA1",
    )
    uri, headers, _ = auth.prepare("GET", signer.url + ME, {}, b"")
    return send(uri, "GET", headers)


def test_it_verifies_what_another_library_signed(alice):
    auth = ClientAuth(
        alice.app.consumer_key,
        alice.app.consumer_secret,
        token=alice.token,
        token_secret=alice.secret,
    )
    path = "/1.1/search/tweets.json?q=%40alice%20caf%C3%A9%20%26%20%22more%22&count=5"
    uri, headers, _ = auth.prepare("GET", alice.url + path, {}, b"")
    assert send(uri, "GET", headers).status == 200


def test_it_reads_the_parameters_from_a_query_too(alice):
    assert alice.call(ME, signature_type=SIGNATURE_TYPE_QUERY).status == 200


def test_it_refuses_a_request_without_credentials(url):
    answer = send(url + ME)
    assert (answer.status, answer.code) == (400, 215)
    v2 = send(url + "/2/users/me")
    assert (v2.status, v2.json["title"], v2.json["status"]) == (401, "Unauthorized", 401)


def test_it_refuses_a_wrong_signature(alice):
    alice.secret = "wrong"
    answer = alice.call(ME)
    assert (answer.status, answer.json) == (
        401,
        {"errors": [{"code": 32, "message": "Could not authenticate you."}]},
    )
    assert "signature" in answer.headers["x-sandbox-reason"]


def test_it_refuses_a_request_that_was_changed_on_its_way(alice):
    uri, headers, _ = alice.signed("/1.1/search/tweets.json?q=cats", "GET")
    assert send(uri.replace("cats", "dogs"), "GET", headers).code == 32
    uri, headers, body = alice.signed("/1.1/statuses/update.json", "POST", {"status": "one"})
    assert send(uri, "POST", headers, body.replace("one", "two")).code == 32
    uri, headers, _ = alice.signed(ME, "GET")
    assert send(uri, "GET", {**headers, "Host": "x.example"}).code == 32


def test_it_refuses_an_unknown_app(alice):
    alice.app = alice.app.__class__(**{**vars(alice.app), "consumer_key": "nobody"})
    assert alice.call(ME).code == 32


def test_it_refuses_a_reused_nonce(alice):
    uri, headers, _ = alice.signed(ME, "GET")
    assert send(uri, "GET", headers).status == 200
    again = send(uri, "GET", headers)
    assert (again.status, again.code) == (401, 32)
    assert "nonce" in again.headers["x-sandbox-reason"]


def test_it_keeps_no_nonce_of_a_request_that_did_not_verify(alice):
    nonce = {"nonce": "chosen-by-the-client"}
    right, alice.secret = alice.secret, "wrong"
    assert alice.call(ME, **nonce).code == 32
    alice.secret = right
    assert alice.call(ME, **nonce).status == 200


@pytest.mark.parametrize("away", [-301, 301])
def test_it_refuses_a_timestamp_out_of_bounds(alice, away):
    answer = alice.call(ME, timestamp=str(int(time.time()) + away))
    assert (answer.status, answer.code) == (401, 135)


@pytest.mark.parametrize("callback", ["http://127.0.0.1:8000/other", CALLBACK + "/", None])
def test_it_refuses_a_callback_that_the_app_did_not_list(signer, state, callback):
    answer = signer.request_token(callback)
    assert (answer.status, answer.code) == (403, 415)
    assert not state.request_tokens


def test_it_does_not_talk_about_callbacks_to_strangers(signer):
    signer.options = {"client_secret": "wrong"}
    assert signer.request_token("http://elsewhere.example/").code == 32


def test_it_accepts_each_of_several_callbacks(signer, state):
    signer.app.callback_urls.append("http://localhost:9000/back")
    assert signer.request_token("http://localhost:9000/back").status == 200
    assert signer.request_token().status == 200


def test_it_gives_a_pin_when_there_is_no_callback(signer):
    token = signer.request_token("oob").form
    pin = consent(signer, token)["pin"]
    assert pin.isdigit()
    assert len(pin) == 7
    assert signer.swap(token, pin).form["screen_name"] == "alice"


def test_it_refuses_a_wrong_verifier(signer):
    token = signer.request_token().form
    said = consent(signer, token)
    wrong = signer.swap(token, "guessed")
    assert (wrong.status, wrong.code) == (401, 32)
    assert signer.swap(token, None).status == 400
    assert signer.swap(token, verifier_of(said)).status == 200


def test_it_refuses_the_verifier_of_another_token(signer):
    one, two = signer.request_token().form, signer.request_token().form
    said = consent(signer, one)
    consent(signer, two)
    assert signer.swap(two, verifier_of(said)).code == 32


def test_it_swaps_a_request_token_once(signer):
    token = signer.request_token().form
    verifier = verifier_of(consent(signer, token))
    assert signer.swap(token, verifier).status == 200
    again = signer.swap(token, verifier)
    assert (again.status, again.code) == (401, 89)


def test_it_does_not_swap_a_token_nobody_consented_to(signer):
    token = signer.request_token().form
    assert signer.swap(token, "anything").code == 89


def test_it_refuses_a_request_token_after_its_time(signer, clock):
    token = signer.request_token().form
    verifier = verifier_of(consent(signer, token))
    clock.ahead = 901
    later = str(int(time.time()) + 901)
    assert signer.swap(token, verifier, timestamp=later).code == 89


def test_it_refuses_the_request_token_of_another_app(signer, state):
    token = signer.request_token().form
    verifier = verifier_of(consent(signer, token))
    signer.app = state.add_app("Another", [CALLBACK])
    assert signer.swap(token, verifier).code == 89


def test_it_refuses_the_access_token_of_another_app(alice, state):
    alice.app = state.add_app("Another", [CALLBACK])
    assert alice.call(ME).code == 89


def test_it_sends_back_who_says_no(signer):
    token = signer.request_token().form
    said = consent(signer, token, allow=False)
    assert said["location"] == f"{CALLBACK}?denied={token['oauth_token']}"
    assert signer.swap(token, "anything").code == 89


def test_it_refuses_a_token_that_was_revoked(alice, url):
    steer(url, "revoke", app="Help Desk", username="alice")
    answer = alice.call(ME)
    assert (answer.status, answer.code) == (401, 89)


def test_it_refuses_the_old_secret_after_new_keys_were_made(alice, state):
    old = alice.app.consumer_secret
    alice.app.consumer_secret = "new"
    assert alice.call(ME).status == 200
    alice.options = {"client_secret": old}
    assert alice.call(ME).code == 32


def test_it_takes_a_body_of_json_unsigned(alice):
    assert alice.post_json("/2/tweets", {"text": "signed without its body"}).status == 201


def test_it_takes_odd_characters_that_a_client_left_unencoded(alice):
    assert alice.call("/1.1/users/show.json?screen_name=bob").status == 200
    uri, headers, _ = alice.signed("/1.1/search/tweets.json?q=a%7Cb", "GET")
    assert send(uri.replace("%7C", "|"), "GET", headers).status == 200
