"""SAML 2.0: people sign in at an identity provider.

https://docs.oasis-open.org/security/saml/v2.0/
"""

from __future__ import annotations

from typing import ClassVar

from factotum.auth.scheme import SignInOnly, schemes
from factotum.core.fields import Fields, LongText, Text, Url


@schemes.add("cerb.service.provider.saml.idp")
class SamlIdentityProvider(SignInOnly):
    """Known by its fields; its services are kept as data."""

    key: ClassVar[str] = "cerb.service.provider.saml.idp"
    label: ClassVar[str] = "SAML identity provider"
    unavailable: ClassVar[str] = "Signing in with SAML is not available yet."
    service_fields: ClassVar[Fields] = Fields(
        Text(key="entity_id", label="Entity ID", required=True),
        Url(key="url_sso", label="Single Sign-On URL", required=True),
        Url(key="url_slo", label="Single Logout URL"),
        LongText(
            key="cert",
            label="Certificate",
            required=True,
            placeholder="-----BEGIN CERTIFICATE-----",
            help="The provider's public certificate, in PEM.",
        ),
    )
