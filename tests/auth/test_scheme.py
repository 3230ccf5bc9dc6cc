"""What holds for every scheme, however it signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.auth.driving import drive, moment

from factotum.auth.answers import Answer, read_answer
from factotum.auth.failures import SENTENCES, failure
from factotum.auth.identity import who
from factotum.auth.scheme import (
    Consent,
    Credentials,
    Linked,
    host_of,
    lines_of,
    load_schemes,
    schemes,
    with_query,
)
from factotum.core.errors import RelinkNeeded
from factotum.core.http import Request, Response

load_schemes()

IDS = {
    "cerb.service.provider.oauth1",
    "cerb.service.provider.oauth2",
    "cerb.service.provider.http.basic",
    "cerb.service.provider.token.bearer",
    "cerb.service.provider.api_key",
    "cerb.service.provider.aws",
    "cerb.service.provider.cerb.api.legacy",
    "cerb.service.provider.oidc",
    "cerb.service.provider.saml.idp",
    "cerb.service.provider.ldap",
    "wgm.facebook.pages.service.provider",
}
every_scheme = pytest.mark.parametrize("key", sorted(IDS))


def test_every_provider_of_the_package_format_is_known():
    assert set(schemes) >= IDS


@every_scheme
def test_it_says_what_it_is(key):
    scheme = schemes[key]
    assert scheme.key == key
    assert scheme.label
    assert scheme.__doc__
    for field in [*scheme.service_fields, *scheme.account_fields]:
        assert field.label
        assert field.key != "client_id" or not field.is_secret
        is_secret = any(word in field.key for word in ("secret", "password", "token"))
        is_public = field.key == "token_name" or "url" in field.key or "method" in field.key
        assert (
            field.is_secret == is_secret or is_public or field.key in {"api_key", "rsa_private_key"}
        )


@every_scheme
def test_an_empty_account_never_signs(key):
    scheme = schemes[key]()
    empty = Credentials({}, {})
    assert not scheme.is_linked(empty)
    with pytest.raises(Exception, match=r"\.$") as caught:
        scheme.sign(Request("GET", "https://sqs.eu-west-1.amazonaws.com/"), empty, moment())
    assert isinstance(caught.value, RelinkNeeded) or caught.value.code in {
        "not-available-yet",
        "service-incomplete",
    }


@every_scheme
def test_nobody_is_asked_who_the_account_is_without_an_address(key):
    assert drive(schemes[key]().who_am_i(Credentials({}, {}), moment())) == ("", "")


def test_nothing_secret_is_printed():
    held = Credentials({"client_secret": "s3cret"}, {"token": "s3cret"})
    consent = Consent("https://a.example/", "state", {"verifier": "s3cret"})
    linked = Linked({"access_token": "s3cret"}, {"user_id": "7"})
    answer = Answer(200, {"access_token": "s3cret"})
    assert "s3cret" not in f"{held}{consent}{linked}{answer}"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.x.com/2", "api.x.com"),
        ("https://api.x.com:8443/2", "api.x.com:8443"),
        ("https://a.example:port/", ""),
        ("https://[::1/", ""),
        ("nothing", ""),
    ],
)
def test_hosts_of_addresses(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example", "https://a.example?a=1"),
        ("https://a.example/?", "https://a.example/?a=1"),
        ("https://a.example/?b=2", "https://a.example/?b=2&a=1"),
        ("https://a.example/?b=2&", "https://a.example/?b=2&a=1"),
        ("https://a.example/#c?d", "https://a.example/?a=1#c?d"),
    ],
)
def test_an_address_keeps_its_own_query(url, expected):
    assert with_query(url, {"a": "1"}) == expected


def test_lines_are_a_list_or_a_text():
    assert lines_of(" a\r\n\n b ") == lines_of(["a ", "", " b"]) == ["a", "b"]
    assert lines_of(None) == lines_of("") == []


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_each_sentence_is_whole(code):
    answer = Answer(418, message="a message", retry_after=5)
    sentence = failure(
        code, answer, host="x.example", url="Token URL", callback="https://c/"
    ).sentence
    assert "{" not in sentence
    assert sentence[0].isupper() or sentence.startswith("x.example")


@pytest.mark.parametrize(
    ("told", "name", "id"),
    [
        ('{"data":{"id":"7","username":"alice","name":"Alice A"}}', "@alice", "7"),
        ('{"login":"alice","id":7,"name":"Alice A"}', "@alice", "7"),
        ('{"sub":"7","email":"alice@a.example","name":"Alice A"}', "alice@a.example", "7"),
        ('{"ok":true,"user":{"name":"Alice","id":"U7"},"team":{"id":"T1"}}', "Alice", "U7"),
        ('{"ok":true,"user":"alice","user_id":"U7","team":"Acme"}', "alice", "U7"),
        ('{"acct":"@alice@a.example","id":"7"}', "@alice@a.example", "7"),
        ('{"account_id":"d7","name":{"display_name":"Alice A"}}', "Alice A", "d7"),
        ('{"id":true,"name":[]}', "", ""),
        ("[]", "", ""),
    ],
)
def test_who_it_is_is_read_from_many_shapes(told, name, id):
    assert who(read_answer(Response(200, (), told.encode()))) == (name, id)


def test_dates_and_waits_of_answers_are_read_where_they_are_right():
    def read(**headers):
        pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return read_answer(Response(503, pairs))

    told = read(date="Tue, 14 Nov 2023 22:13:20 GMT", retry_after="12")
    assert (told.date, told.retry_after) == (datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), 12)
    assert read(date="Tue, 14 Nov 2023 22:13:20 -0000").date == told.date
    for wrong in ({}, {"date": "soon", "retry_after": "²"}, {"retry_after": "-1"}):
        assert (read(**wrong).date, read(**wrong).retry_after) == (None, None)


def test_a_clock_that_is_refused_without_a_date_is_told_plainly():
    from factotum.auth.failures import clock_failure

    now = moment()
    plain = clock_failure(Answer(401, message="Timestamp"), now, "x.example")
    assert plain.sentence.startswith(
        "x.example refuses the time of our request. Set this machine's"
    )
    close = Answer(401, date=now.at - timedelta(seconds=1))
    assert "minutes" not in clock_failure(close, now, "x.example").sentence
