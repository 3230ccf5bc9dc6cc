"""OpenID Connect: people sign in at an issuer.

https://openid.net/specs/openid-connect-core-1_0.html
"""

from __future__ import annotations

from typing import ClassVar

from factotum.auth.scheme import SignInOnly, schemes
from factotum.core.fields import Fields, Secret, Text, Url


@schemes.add("cerb.service.provider.oidc")
class OpenIdConnect(SignInOnly):
    """Known by its fields; its services are kept as data."""

    key: ClassVar[str] = "cerb.service.provider.oidc"
    label: ClassVar[str] = "OpenID Connect"
    unavailable: ClassVar[str] = "Signing in with OpenID Connect is not available yet."
    service_fields: ClassVar[Fields] = Fields(
        Url(key="issuer", label="Issuer", required=True),
        Text(key="client_id", label="Client ID", required=True),
        Secret(key="client_secret", label="Client Secret", required=True),
        Url(key="authorization_url", label="Authorization URL", required=True),
        Url(key="access_token_url", label="Access Token URL", required=True),
        Url(key="userinfo_url", label="Userinfo URL", required=True),
        Url(key="jwks_url", label="JWKS URL", required=True),
        Text(key="scope", label="Scope", required=True, default="openid profile email"),
    )
