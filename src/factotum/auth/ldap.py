"""LDAP: people sign in against a directory (RFC 4511)."""

from __future__ import annotations

from typing import ClassVar

from factotum.auth.scheme import SignInOnly, schemes
from factotum.core.fields import Choice, Fields, Number, Secret, Text


@schemes.add("cerb.service.provider.ldap")
class LdapDirectory(SignInOnly):
    """Known by its fields; its services are kept as data."""

    key: ClassVar[str] = "cerb.service.provider.ldap"
    label: ClassVar[str] = "LDAP directory"
    unavailable: ClassVar[str] = "Signing in with LDAP is not available yet."
    service_fields: ClassVar[Fields] = Fields(
        Text(key="host", label="Host", required=True, placeholder="ldap.example.com"),
        Number(key="port", label="Port", required=True, default=389),
        Choice(
            key="encryption",
            label="Encryption",
            options={"": "None", "tls": "STARTTLS", "ssl": "TLS"},
        ),
        Text(key="bind_dn", label="Bind DN", required=True, placeholder="cn=admin,dc=example"),
        Secret(key="bind_password", label="Bind Password", required=True),
        Text(key="context_search", label="Search Base", placeholder="ou=people,dc=example"),
        Text(key="field_email", label="Email Field", default="mail"),
        Text(key="field_firstname", label="First Name Field", default="givenName"),
        Text(key="field_lastname", label="Last Name Field", default="sn"),
    )
