"""Providers that are known by their fields: their services import as data and sign nothing."""

from __future__ import annotations

import pytest
from tests.auth.driving import moment

from factotum.auth.scheme import Credentials, load_schemes, schemes
from factotum.core.errors import Refused
from factotum.core.http import Request

load_schemes()

SIGN_IN = {
    "cerb.service.provider.oidc": {
        "issuer": "https://a.example/",
        "client_id": "a",
        "client_secret": "b",
        "authorization_url": "https://a.example/auth",
        "access_token_url": "https://a.example/token",
        "userinfo_url": "https://a.example/me",
        "jwks_url": "https://a.example/jwks",
        "scope": "openid",
    },
    "cerb.service.provider.saml.idp": {
        "entity_id": "urn:a",
        "url_sso": "https://a.example/sso",
        "url_slo": "",
        "cert": "-----BEGIN CERTIFICATE-----",
    },
    "cerb.service.provider.ldap": {
        "host": "ldap.example",
        "port": "389",
        "encryption": "",
        "bind_dn": "cn=a",
        "bind_password": "b",
    },
}
PAGE = "wgm.facebook.pages.service.provider"


@pytest.mark.parametrize("key", SIGN_IN)
def test_its_service_is_taken_as_data_and_signs_people_in_only(key):
    scheme = schemes[key]()
    assert scheme.key == key
    assert not scheme.signs
    assert not scheme.is_linkable
    assert scheme.service_fields.faults(SIGN_IN[key]) == {}
    assert scheme.service_fields.faults({})
    assert not scheme.is_linked(Credentials(SIGN_IN[key], {}))


@pytest.mark.parametrize("key", [*SIGN_IN, PAGE])
def test_it_says_that_it_is_not_available_yet(key):
    scheme = schemes[key]()
    assert scheme.unavailable.endswith("not available yet.")
    with pytest.raises(Refused, match="not available yet") as caught:
        scheme.sign(Request("GET", "https://a.example/"), Credentials({}, {}), moment())
    assert caught.value.code == "not-available-yet"


def test_secrets_of_sign_in_services_are_sealed():
    assert schemes["cerb.service.provider.oidc"].service_fields.secret_keys == {"client_secret"}
    assert schemes["cerb.service.provider.ldap"].service_fields.secret_keys == {"bind_password"}


def test_a_facebook_page_belongs_to_an_account():
    fields = schemes[PAGE].account_fields
    assert fields.faults({"connected_account_id": "7", "page_id": "1"}) == {}
    assert "connected_account_id" in fields.faults({})
