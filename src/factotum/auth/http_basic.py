"""User name and password with each request (RFC 7617)."""

from __future__ import annotations

from base64 import b64encode
from typing import ClassVar

from factotum.auth.scheme import Credentials, Scheme, lines_of, listing_of, schemes
from factotum.core.errors import Refused
from factotum.core.fields import Fields, Lines, Secret, Text, Url
from factotum.core.http import Request
from factotum.core.values import Moment


@schemes.add("cerb.service.provider.http.basic")
class HttpBasic(Scheme):
    """``Authorization: Basic …``, to the service's own hosts."""

    key: ClassVar[str] = "cerb.service.provider.http.basic"
    label: ClassVar[str] = "HTTP Basic"
    service_fields: ClassVar[Fields] = Fields(
        Url(
            key="base_url",
            label="Base URL",
            required=True,
            placeholder="https://api.example.com/",
        ),
        Lines(
            key="url_whitelist",
            label="URL Whitelist",
            placeholder="https://*.example.com/",
            help="Further addresses, one a line, whose hosts may get the password.",
        ),
    )
    account_fields: ClassVar[Fields] = Fields(
        Text(key="username", label="Username", required=True),
        Secret(key="password", label="Password"),
    )

    def sign(self, request: Request, credentials: Credentials, moment: Moment) -> Request:
        """The request with its Authorization header; both parts in UTF-8."""
        username = self.held(credentials, "username")
        if ":" in username:
            raise Refused(
                "A user name for HTTP Basic cannot hold a colon. Mend it in the account.",
                code="bad-username",
            )
        pair = f"{username}:{credentials.account.get('password') or ''}"
        encoded = b64encode(pair.encode("utf-8", "replace")).decode()
        return request.with_header("Authorization", f"Basic {encoded}")

    def hosts(self, credentials: Credentials) -> tuple[str, ...]:
        """The base URL's host and those of the whitelist; ``*.example.com`` is every host below."""
        lines = lines_of(credentials.service.get("url_whitelist"))
        listed = [listing_of(line if "://" in line else f"https://{line}") for line in lines]
        named = [host for host in listed if (rest := host.removeprefix("*.")) and "*" not in rest]
        return tuple(dict.fromkeys([*super().hosts(credentials), *named]))
