from __future__ import annotations

import pytest
from tests.auth.driving import moment

from factotum.auth.api_key import ApiKey
from factotum.auth.scheme import Credentials, schemes
from factotum.core.errors import Refused, RelinkNeeded
from factotum.core.http import Request

scheme = ApiKey()
BASE = {"api_base_url": "https://api.example.com/", "api_key_name": "key"}


def sign(url, location="header", key="s3cret", name="key", headers=()):
    service = BASE | {"api_key_location": location, "api_key_name": name}
    credentials = Credentials(service, {"api_key": key})
    return scheme.sign(Request("GET", url, headers), credentials, moment())


def test_it_is_found_under_its_id():
    assert schemes["cerb.service.provider.api_key"] is ApiKey
    assert ApiKey.account_fields.secret_keys == {"api_key"}
    assert scheme.hosts(Credentials(BASE, {})) == ("api.example.com",)


def test_the_key_goes_into_the_header_it_names():
    headers = (("X-API-KEY", "old"), ("Accept", "*/*"))
    request = sign("https://api.example.com/?a=1", name="X-Api-Key", key=" k \n", headers=headers)
    assert request.url == "https://api.example.com/?a=1"
    assert request.headers == (("Accept", "*/*"), ("X-Api-Key", "k"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/", "https://a.example/?key=s3cret"),
        ("https://a.example/?", "https://a.example/?key=s3cret"),
        ("https://a.example/?a=%2B+b&c", "https://a.example/?a=%2B+b&c&key=s3cret"),
        ("https://a.example/?key=old&a=1&k%65y=2", "https://a.example/?a=1&key=s3cret"),
        ("https://a.example/x?a=1#top", "https://a.example/x?a=1&key=s3cret#top"),
    ],
)
def test_the_key_goes_into_the_query_and_leaves_the_rest_as_it_is(url, expected):
    request = sign(url, "url")
    assert request.url == expected
    assert request.headers == ()


def test_a_key_in_the_query_is_encoded():
    assert sign("https://a.example/", "url", "a&b=c d/ü").url.endswith("?key=a%26b%3Dc+d%2F%C3%BC")


@pytest.mark.parametrize(("key", "name"), [("a\r\nX: 1", "key"), ("a\nb", "key"), ("a", "k\ney")])
def test_what_would_break_the_header_is_refused_unseen(key, name):
    with pytest.raises(Refused, match="Enter it again") as caught:
        sign("https://a.example/", key=key, name=name)
    assert caught.value.code == "bad-token"


def test_an_account_without_key_is_told_to_enter_it():
    with pytest.raises(RelinkNeeded, match="enter its API Key"):
        sign("https://a.example/", key="")


def test_a_service_without_a_name_for_the_key_is_told():
    with pytest.raises(Refused, match="API Key Name is missing") as caught:
        sign("https://a.example/", name="")
    assert caught.value.code == "service-incomplete"
    with pytest.raises(Refused, match="API Key Location must be one of"):
        sign("https://a.example/", "cookie")
