"""A token that a person pasted, in the Authorization header (RFC 6750, 2.1, and its likes)."""

from __future__ import annotations

from typing import ClassVar

from factotum.auth.scheme import Credentials, Scheme, schemes
from factotum.core.errors import Refused
from factotum.core.fields import Fields, Secret, Text, Url
from factotum.core.http import Request
from factotum.core.values import Moment


@schemes.add("cerb.service.provider.token.bearer")
class BearerToken(Scheme):
    """``Authorization: <token name> <token>``."""

    key: ClassVar[str] = "cerb.service.provider.token.bearer"
    label: ClassVar[str] = "Bearer token"
    service_fields: ClassVar[Fields] = Fields(
        Text(
            key="token_name",
            label="Token Name",
            default="Bearer",
            placeholder="Bearer",
            help="The word before the token.",
        ),
        Url(
            key="api_base_url",
            label="API Base URL",
            placeholder="https://api.example.com/",
            help="The token is sent to this host.",
        ),
    )
    account_fields: ClassVar[Fields] = Fields(
        Secret(key="token", label="Token", required=True, placeholder="(paste your token)"),
    )

    def sign(self, request: Request, credentials: Credentials, moment: Moment) -> Request:
        """The request with its Authorization header."""
        name = credentials.service.get("token_name") or "Bearer"
        value = authorization(name, self.held(credentials, "token"))
        return request.with_header("Authorization", value)


def authorization(name: str, token: str) -> str:
    """A header's value; white space around a pasted token is dropped, within it refused."""
    token = token.strip()
    if not f"{name}{token}".isascii() or not token.isprintable() or " " in token:
        raise Refused(
            "The account's token holds characters that no token has. Enter it again, whole and "
            "without line breaks.",
            code="bad-token",
        )
    return f"{name.strip()} {token}"
