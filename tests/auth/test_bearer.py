from __future__ import annotations

import pytest
from tests.auth.driving import moment

from factotum.auth.bearer import BearerToken
from factotum.auth.scheme import Credentials, schemes
from factotum.core.errors import Refused, RelinkNeeded
from factotum.core.http import Request

scheme = BearerToken()
URL = "https://api.example.com/me"


def sign(service, account):
    signed = scheme.sign(Request("GET", URL), Credentials(service, account), moment())
    return signed.header("authorization")


def test_it_is_found_under_its_id():
    assert schemes["cerb.service.provider.token.bearer"] is BearerToken
    assert BearerToken.account_fields.secret_keys == {"token"}


@pytest.mark.parametrize(
    ("service", "token", "header"),
    [
        ({}, "abc", "Bearer abc"),
        ({"token_name": ""}, "abc", "Bearer abc"),
        ({"token_name": "token"}, "abc", "token abc"),
        ({"token_name": "Bot"}, " abc.def_-~+/= \n", "Bot abc.def_-~+/="),
    ],
)
def test_it_sends_the_token_after_its_name(service, token, header):
    assert sign(service, {"token": token}) == header


def test_it_sends_the_token_to_the_hosts_that_are_named():
    assert scheme.hosts(Credentials({"api_base_url": URL}, {})) == ("api.example.com",)
    assert scheme.hosts(Credentials({}, {})) == ()


def test_an_account_without_token_is_told_to_enter_it():
    assert not scheme.is_linked(Credentials({}, {}))
    assert scheme.is_linked(Credentials({}, {"token": "a"}))
    with pytest.raises(RelinkNeeded, match="choose Edit and enter its Token") as caught:
        sign({}, {"token": ""})
    assert caught.value.code == "not-linked"


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "a b", "a\x00b", "tökén"])
def test_a_token_that_would_break_the_header_is_refused_unseen(token):
    with pytest.raises(Refused, match="Enter it again") as caught:
        sign({}, {"token": token})
    assert caught.value.code == "bad-token"
    assert token not in str(caught.value)


def test_it_is_typed_in_not_linked_by_consent():
    credentials = Credentials({}, {})
    assert not scheme.is_linkable
    assert not scheme.needs_consent(credentials)
    assert not scheme.can_refresh(credentials)
    for ask in (
        lambda: scheme.start_link(credentials, "https://a.example/", moment()),
        lambda: scheme.finish_link(credentials, {}, {}, "https://a.example/", moment()),
        lambda: scheme.refresh(credentials, moment()),
    ):
        with pytest.raises(NotImplementedError):
            ask()
