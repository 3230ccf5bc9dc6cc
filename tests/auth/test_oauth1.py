"""Linking and signing against a strict provider, whose checks are oauthlib's."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from tests.auth.driving import CALLBACK, consent, drive, linked_account, moment, send
from tests.servers.loopback import Answered
from tests.servers.oauth1_provider import OAuth1Provider

from factotum.auth.oauth1 import OAuth1, signed
from factotum.auth.scheme import Consent, Credentials, load_schemes, schemes
from factotum.core.errors import BadInput, LinkFailed, Refused, RelinkNeeded
from factotum.core.http import Request

METHODS = ["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT"]
FORM = ("Content-Type", "application/x-www-form-urlencoded")

scheme = OAuth1()


@pytest.fixture(scope="module")
def key_pair():
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.fixture
def provider():
    with OAuth1Provider() as provider:
        yield provider


@pytest.fixture
def service(provider):
    return provider.register(CALLBACK, secret="s&c=r/t +%ü")


def start(service, callback_url=CALLBACK, at=0.0) -> Consent:
    return drive(scheme.start_link(Credentials(service, {}), callback_url, moment(at)))


def finish(service, kept, callback, callback_url=CALLBACK, at=0.0):
    dialogue = scheme.finish_link(
        Credentials(service, {}), kept, callback, callback_url, moment(at)
    )
    return drive(dialogue)


def failure_of(ask, *args, **options) -> LinkFailed:
    with pytest.raises(LinkFailed) as caught:
        ask(*args, **options)
    return caught.value


def test_it_is_found_under_its_id():
    load_schemes()
    assert schemes["cerb.service.provider.oauth1"] is OAuth1
    assert OAuth1.is_linkable
    assert OAuth1().needs_consent(Credentials({}, {}))
    assert not OAuth1().can_refresh(Credentials({}, {}))


def test_secrets_are_sealed_and_the_client_id_is_not():
    assert OAuth1.service_fields.secret_keys == {"client_secret", "rsa_private_key"}
    assert OAuth1.account_fields.secret_keys == {"oauth_token", "oauth_token_secret"}


def test_a_package_of_1_0a_needs_no_more_than_cerb_wants(service):
    package = {**service, "grant_type": "authorization_code", "signature_method_": "HMAC-SHA1"}
    assert OAuth1.service_fields.faults(package) == {}
    assert OAuth1.account_fields.faults({}) == {}
    assert set(OAuth1.service_fields.faults({})) == {
        "client_id",
        "client_secret",
        "request_token_url",
        "authentication_url",
        "access_token_url",
    }


@pytest.mark.parametrize("method", METHODS)
def test_it_links_at_a_strict_provider_and_signs(provider, key_pair, method):
    private, public = key_pair
    service = provider.register(CALLBACK, secret="s&c=r/t +%ü", rsa_public_key=public)
    service |= {"signature_method": method, "rsa_private_key": private}
    linked, credentials = linked_account(scheme, service)
    assert linked.linked_as == "@alice"
    assert linked.remote_id == "id-of-alice"
    assert linked.params["screen_name"] == "alice"
    assert set(linked.secrets) == {"oauth_token", "oauth_token_secret"}
    assert linked.expires_at is None
    assert scheme.is_linked(credentials)
    answer = send(scheme.sign(Request("GET", f"{provider.base_url}/api/me"), credentials, moment()))
    assert answer.json()["user"] == "alice"


QUERIES = [
    "",
    "?",
    "?a=1&a=2&a=1",
    "?ids[]=1&ids[]=2",
    "?ids%5B%5D=1",
    "?q=a+b",
    "?q=a%2Bb",
    "?q=a%2520b",
    "?flag",
    "?flag&flag=",
    "?q=%C3%BC%F0%9F%90%A6",
    "?q=!*'()",
    "?q=%21%2A%27%28%29",
    "?a=&b=",
    "?c%40=1",
    "?q=-._~",
    "?q=%2d%2e",
    "?x=1;y=2",
    "?a=1&&b=2&",
    "?a=b=c",
    "?q=%00%0A",
    "?a%20b=c",
    "?z=1&aa=2&a=3&a-=4&A=5",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
def test_it_signs_every_query_as_the_provider_reads_it(provider, service, query, method):
    _, credentials = linked_account(scheme, {**service, "signature_method": method})
    request = Request("GET", f"{provider.base_url}/api/search{query}")
    assert send(scheme.sign(request, credentials, moment())).status == 200


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"status=Hello+%2B+%25%21&a=2&a=1&flag&empty="),
        ("application/x-www-form-urlencoded; charset=UTF-8", b"status=caf%C3%A9%20%2520"),
        ("APPLICATION/X-WWW-FORM-URLENCODED", b"status=!*'()"),
        ("application/x-www-form-urlencoded", b""),
        ("application/json", b'{"text": "a=b&c=d"}'),
        ("multipart/form-data; boundary=x", b"--x\r\nname=a&b=c\r\n--x--\r\n"),
        ("text/plain", b"status=not+signed"),
    ],
)
@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
def test_it_signs_form_bodies_and_no_others(provider, service, verb, content_type, body):
    _, credentials = linked_account(scheme, service)
    # oauthlib wants that label in lower case; what is signed is the same
    label = content_type.lower()
    request = Request(verb, f"{provider.base_url}/api/x?a=0", (("Content-Type", label),), body)
    shouted = replace(request, headers=(("content-type", content_type),))
    at = moment()
    sent = scheme.sign(request, credentials, at)
    assert sent.header("authorization") == scheme.sign(shouted, credentials, at).header(
        "authorization"
    )
    answer = send(sent)
    assert answer.status == 200
    assert answer.json()["body"].encode("latin-1") == body


def test_it_puts_the_realm_first_and_does_not_sign_it(provider, service):
    service |= {"realm": "Photos"}
    _, credentials = linked_account(scheme, service)
    request = scheme.sign(Request("GET", f"{provider.base_url}/api/me"), credentials, moment())
    assert request.header("authorization").startswith('OAuth realm="Photos", oauth_consumer_key="')
    assert send(request).status == 200


def test_a_realm_with_quotes_stays_one_quoted_string():
    service = {"client_id": "a", "client_secret": "b", "realm": 'my "own\\realm"'}
    request = signed(Request("GET", "https://a.example/"), service, moment(), [])
    broken = signed(request, service | {"realm": "a\r\nX-Evil: 1"}, moment(), [])
    assert broken.header("authorization").startswith('OAuth realm="a X-Evil: 1", ')
    assert 'realm="my \\"own\\\\realm\\""' in request.header("authorization")


def test_it_replaces_an_authorization_header_and_keeps_the_rest(service):
    credentials = Credentials(service, {"oauth_token": "t", "oauth_token_secret": "s"})
    headers = (("authorization", "Basic stale"), ("User-Agent", "Cerb"))
    request = scheme.sign(Request("GET", "https://a.example/", headers), credentials, moment())
    assert [name for name, _ in request.headers] == ["User-Agent", "Authorization"]
    assert "stale" not in repr(request)


def test_a_changed_query_or_body_or_a_replay_is_noticed_by_the_provider(provider, service):
    _, credentials = linked_account(scheme, service)
    url = f"{provider.base_url}/api/pay?amount=1"
    request = scheme.sign(Request("POST", url, (FORM,), b"to=alice"), credentials, moment())
    assert send(replace(request, body=b"to=mallory")).status == 401
    assert send(replace(request, url=url.replace("=1", "=9"))).status == 401
    fresh = scheme.sign(Request("POST", url, (FORM,), b"to=alice"), credentials, moment())
    assert send(fresh).status == 200
    assert send(fresh).status == 401


def test_each_moment_has_its_own_nonce_and_each_hop_too(service):
    credentials = Credentials(service, {"oauth_token": "t", "oauth_token_secret": "s"})
    at = moment()

    def nonce(url, when):
        header = scheme.sign(Request("GET", url), credentials, when).header("authorization")
        return header.split('oauth_nonce="')[1].split('"')[0]

    nonces = {nonce(f"https://a.example/{n}", when) for n in "ab" for when in (at, moment())}
    assert len(nonces) == 4
    assert all(len(one) == 30 for one in nonces)
    assert nonce("https://a.example/a", at) in nonces


def test_the_authentication_url_keeps_its_own_query(provider, service):
    for url, expected in (
        (
            "/oauth/authenticate?force_login=true",
            "/oauth/authenticate?force_login=true&oauth_token=",
        ),
        ("/oauth/authenticate?", "/oauth/authenticate?oauth_token="),
        ("/oauth/authenticate", "/oauth/authenticate?oauth_token="),
    ):
        asked = start({**service, "authentication_url": provider.base_url + url})
        assert asked.url == f"{provider.base_url}{expected}{asked.state}"
    asked = start({**service, "authentication_url": f"{provider.base_url}/x?a=1#here"})
    assert asked.url == f"{provider.base_url}/x?a=1&oauth_token={asked.state}#here"


def test_a_pin_is_typed_in_where_there_is_no_public_address(provider, service):
    asked = start(service, "oob")
    pin = consent(asked.url)["oauth_verifier"]
    linked = finish(service, asked.kept, {"oauth_verifier": f" {pin}\n"}, "oob")
    assert linked.linked_as == "@alice"


def test_a_denied_consent_is_told_and_asks_nothing_more(provider, service):
    asked = start(service)
    callback = consent(asked.url, "deny")
    assert callback == {"denied": asked.state}
    requests = len(provider.asked)
    failure = failure_of(finish, service, asked.kept, callback)
    assert failure.code == "consent-denied"
    assert "keeps what it had" in failure.sentence
    assert len(provider.asked) == requests


def test_a_refusal_by_problem_report_is_a_denial(service):
    callback = {"oauth_token": "t", "oauth_problem": "user_refused"}
    kept = {"oauth_token": "t", "oauth_token_secret": "s"}
    assert failure_of(finish, service, kept, callback).code == "consent-denied"


@pytest.mark.parametrize(
    "callback",
    [
        {"oauth_token": "another", "oauth_verifier": "v"},
        {"oauth_verifier": "v"},
        {"oauth_token": "ü", "oauth_verifier": "v"},
        {"denied": "another"},
        {},
    ],
)
def test_it_refuses_a_forged_callback(provider, service, callback):
    asked = start(service)
    requests = len(provider.asked)
    assert failure_of(finish, service, asked.kept, callback).code == "callback-forged"
    assert len(provider.asked) == requests


def test_a_typed_pin_for_another_token_is_forged(service):
    asked = start(service, "oob")
    callback = {"oauth_token": "another", "oauth_verifier": "v"}
    assert failure_of(finish, service, asked.kept, callback, "oob").code == "callback-forged"


def test_a_callback_without_verifier_proves_nothing(service):
    asked = start(service)
    failure = failure_of(finish, service, asked.kept, {"oauth_token": asked.state})
    assert failure.code == "verifier-missing"


def test_a_wrong_consumer_secret_has_its_own_words(service):
    failure = failure_of(start, {**service, "client_secret": "wrong"})
    assert failure.code == "wrong-client-secret"
    assert "Copy both again" in failure.sentence
    assert "Could not authenticate you." in failure.sentence
    assert failure_of(start, {**service, "client_id": "u" * 24}).code == ("wrong-client-secret")


def test_an_unapproved_callback_names_the_address_to_add(service):
    failure = failure_of(start, service, "https://other.example/oauth/callback")
    assert failure.code == "callback-not-approved"
    assert "Add https://other.example/oauth/callback to" in failure.sentence


def test_a_wrong_clock_is_told_with_how_far_it_is_off(service):
    failure = failure_of(start, service, at=-1200)
    assert failure.code == "clock-wrong"
    assert "20 minutes behind 127.0.0.1" in failure.sentence
    assert "20 minutes ahead of" in failure_of(start, service, at=1200).sentence


def test_a_clock_that_goes_wrong_meanwhile_is_told_too(service):
    asked = start(service)
    failure = failure_of(finish, service, asked.kept, consent(asked.url), at=-1200)
    assert failure.code == "clock-wrong"


def test_a_consent_is_good_once(service):
    asked = start(service)
    callback = consent(asked.url)
    finish(service, asked.kept, callback)
    failure = failure_of(finish, service, asked.kept, callback)
    assert failure.code == "link-expired"
    assert "Link again" in failure.sentence


def test_the_token_secret_is_what_makes_the_access_token_call_good(service):
    asked = start(service)
    kept = {**asked.kept, "oauth_token_secret": ""}
    assert failure_of(finish, service, kept, consent(asked.url)).code == "link-expired"


def test_a_wrong_verifier_gets_no_token(service):
    asked = start(service)
    callback = {**consent(asked.url), "oauth_verifier": "x" * 24}
    assert failure_of(finish, service, asked.kept, callback).code == "link-expired"


def answers(provider, service, status, body, **headers) -> LinkFailed:
    provider.fail_next("/oauth/request_token", Answered(status, body, headers))
    return failure_of(start, service)


def problem(code):
    return f"oauth_problem={code}"


XML_415 = (
    '<?xml version="1.0" encoding="UTF-8"?><errors><error code="415">Callback URL not approved '
    "for this client application.</error></errors>"
)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (500, "", "provider-down"),
        (503, "<html><h1>Over capacity</h1></html>", "provider-down"),
        (429, "", "provider-busy"),
        (200, json.dumps({"errors": [{"code": 88, "message": "Rate limit"}]}), "provider-busy"),
        (404, "Not here", "wrong-address"),
        (301, "", "wrong-address"),
        (200, "<!DOCTYPE html><title>Welcome</title>", "provider-garbage"),
        (200, "hello", "provider-garbage"),
        (200, "", "provider-garbage"),
        (200, "{", "provider-garbage"),
        (200, "[" * 40_000, "provider-garbage"),
        (200, b"\xff\xfe\x00", "provider-garbage"),
        (200, "oauth_token=a&oauth_callback_confirmed=true", "provider-garbage"),
        (200, "oauth_token_secret=a&oauth_callback_confirmed=true", "provider-garbage"),
        (200, "oauth_token=a&oauth_token_secret=b", "callback-not-confirmed"),
        (
            200,
            "oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=false",
            "callback-not-confirmed",
        ),
        (403, XML_415, "callback-not-approved"),
        (
            401,
            "Desktop applications only support the oauth_callback value 'oob'",
            "callback-not-approved",
        ),
        (401, "Failed to validate oauth signature and token", "wrong-client-secret"),
        (401, "", "wrong-client-secret"),
        (400, "", "provider-refused"),
        (403, '{"errors":[{"code":64,"message":"Your account is suspended"}]}', "provider-refused"),
        (401, '{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}', "clock-wrong"),
        (401, problem("timestamp_refused"), "clock-wrong"),
        (400, "Your clock is wrong", "clock-wrong"),
        (401, problem("consumer_key_unknown"), "wrong-client-secret"),
        (401, problem("signature_invalid"), "wrong-client-secret"),
        (400, problem("signature_method_rejected"), "signature-method-refused"),
        (
            400,
            "error=invalid_request&error_description=Invalid+signature+method",
            "signature-method-refused",
        ),
        (401, '{"error": {"code": 32, "message": "no"}}', "wrong-client-secret"),
        (401, '[{"code": 32, "message": "no"}]', "wrong-client-secret"),
        (403, '{"title": "Forbidden", "detail": "not this client"}', "wrong-client-secret"),
    ],
)
def test_each_answer_without_token_has_its_own_code(provider, service, status, body, code):
    failure = answers(provider, service, status, body)
    assert failure.code == code
    assert "127.0.0.1" in failure.sentence
    assert "{" not in failure.sentence


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, "", "link-expired"),
        (401, '{"errors":[{"code":89,"message":"Invalid or expired token."}]}', "link-expired"),
        (401, problem("token_used"), "link-expired"),
        (400, "The request token has expired", "link-expired"),
        (
            401,
            "Error processing your OAuth request: Invalid oauth_verifier parameter",
            "verifier-wrong",
        ),
        (401, problem("verifier_invalid"), "verifier-wrong"),
        (401, problem("user_refused"), "consent-denied"),
        (401, "Invalid signature", "wrong-client-secret"),
        (503, "", "provider-down"),
        (200, "<html>hello</html>", "provider-garbage"),
        (403, "no", "provider-refused"),
    ],
)
def test_each_answer_without_access_token_too(provider, service, status, body, code):
    asked = start(service)
    callback = consent(asked.url)
    provider.fail_next("/oauth/access_token", Answered(status, body))
    assert failure_of(finish, service, asked.kept, callback).code == code


def test_a_garbled_answer_names_the_field_to_check(provider, service):
    assert "a web page where a token was expected. Check the Request Token URL" in (
        answers(provider, service, 200, "<html><body>Log in</body></html>").sentence
    )


def test_how_long_to_wait_is_told(provider, service):
    failure = answers(provider, service, 429, "", **{"Retry-After": "30"})
    assert "(for 30 seconds)" in failure.sentence


def test_what_a_provider_echoes_is_shown_without_secrets_and_tags(provider, service):
    echo = f"<b>bad</b> <script>alert(1)</script> {service['client_secret']} {'x' * 500}"
    sentence = answers(provider, service, 403, echo).sentence
    assert service["client_secret"] not in sentence
    assert "•••" in sentence
    assert "<" not in sentence
    assert "alert" not in sentence
    assert len(sentence) < 330


def test_a_token_that_lives_for_a_time_says_until_when(provider, service):
    asked = start(service)
    callback = consent(asked.url)
    body = (
        "oauth_token=a&oauth_token_secret=&oauth_expires_in=3600"
        "&oauth_session_handle=h&fullname=Alice+A&user_nsid=12%40N01"
    )
    provider.fail_next("/oauth/access_token", Answered(200, body))
    at = moment()
    linked = drive(scheme.finish_link(Credentials(service, {}), asked.kept, callback, CALLBACK, at))
    assert linked.expires_at == at.timestamp + 3600
    assert linked.secrets == {
        "oauth_token": "a",
        "oauth_token_secret": "",
        "oauth_session_handle": "h",
    }
    assert (linked.linked_as, linked.remote_id) == ("Alice A", "12@N01")
    assert "oauth_session_handle" not in linked.params


def test_tokens_in_json_are_read_too(provider, service):
    body = {"oauth_token": "a", "oauth_token_secret": "b", "oauth_callback_confirmed": True}
    text = json.dumps(body | {"oauth_callback_confirmed": "true"})
    provider.fail_next("/oauth/request_token", Answered(200, text))
    assert start(service).state == "a"


def test_an_account_that_is_not_linked_does_not_sign(service):
    credentials = Credentials(service, {})
    assert not scheme.is_linked(credentials)
    with pytest.raises(RelinkNeeded, match="not linked yet") as caught:
        scheme.sign(Request("GET", "https://a.example/"), credentials, moment())
    assert caught.value.code == "not-linked"


def sign_with(**service):
    params = {"client_id": "a", "client_secret": "b", **service}
    account = {"oauth_token": "t", "oauth_token_secret": "s"}
    credentials = Credentials(params, account)
    return scheme.sign(Request("GET", "https://a.example/"), credentials, moment())


@pytest.mark.parametrize(
    ("service", "named"),
    [
        ({}, "HMAC-SHA1"),
        ({"signature_method_": "HMAC-SHA256"}, "HMAC-SHA256"),
        ({"signature_method": "PLAINTEXT", "signature_method_": "HMAC-SHA256"}, "PLAINTEXT"),
        ({"signature_method": "", "signature_method_": "HMAC-SHA1"}, "HMAC-SHA1"),
    ],
)
def test_the_service_names_its_signature_method(service, named):
    assert f'oauth_signature_method="{named}"' in sign_with(**service).header("authorization")


def test_an_unknown_signature_method_is_refused_by_name():
    with pytest.raises(Refused, match="must be one of HMAC-SHA1, HMAC-SHA256") as caught:
        sign_with(signature_method="MD5")
    assert caught.value.code == "unknown-signature-method"


def test_rsa_without_a_usable_key_is_refused_without_showing_it():
    with pytest.raises(Refused, match="no RSA private key") as caught:
        sign_with(signature_method="RSA-SHA1")
    assert caught.value.code == "no-private-key"
    key = ec.generate_private_key(ec.SECP256R1())
    curve = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for bad in ("hunter2", curve):
        with pytest.raises(Refused, match="PEM form") as caught:
            sign_with(signature_method="RSA-SHA1", rsa_private_key=bad)
        assert caught.value.code == "bad-private-key"
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_what_is_no_address_is_refused():
    credentials = Credentials({"client_id": "a", "client_secret": "b"}, {"oauth_token": "t"})
    for url in ("/2/tweets", "https://", "https://a.example:port/", "https://[::1/"):
        with pytest.raises(BadInput) as caught:
            scheme.sign(Request("GET", url), credentials, moment())
        assert caught.value.code == "bad-url"


def test_it_may_sign_for_the_hosts_of_its_addresses():
    service = {
        "request_token_url": "https://API.x.com/oauth/request_token",
        "authentication_url": "https://x.com/oauth/authenticate",
        "access_token_url": "https://api.x.com/oauth/access_token",
    }
    assert scheme.hosts(Credentials(service, {})) == ("api.x.com", "x.com")
