"""A key in a header or in the query of each request."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar
from urllib.parse import unquote_plus

from factotum.auth.scheme import Credentials, Scheme, schemes, with_query
from factotum.core.errors import Refused
from factotum.core.fields import Choice, Fields, Secret, Text, Url
from factotum.core.http import Request
from factotum.core.values import Moment


@schemes.add("cerb.service.provider.api_key")
class ApiKey(Scheme):
    """``X-Api-Key: …`` or ``?api_key=…``, to the API's own host."""

    key: ClassVar[str] = "cerb.service.provider.api_key"
    label: ClassVar[str] = "API key"
    service_fields: ClassVar[Fields] = Fields(
        Url(
            key="api_base_url",
            label="API Base URL",
            required=True,
            placeholder="https://api.example.com/",
        ),
        Text(
            key="api_key_name",
            label="API Key Name",
            required=True,
            placeholder="X-Api-Key",
            help="The name of the header or of the parameter.",
        ),
        Choice(
            key="api_key_location",
            label="API Key Location",
            required=True,
            default="header",
            options={"header": "In a header", "url": "In the address"},
        ),
    )
    account_fields: ClassVar[Fields] = Fields(
        Secret(key="api_key", label="API Key", required=True, placeholder="(paste your API key)"),
    )

    def sign(self, request: Request, credentials: Credentials, moment: Moment) -> Request:
        """The request with its key; a parameter or header of that name is replaced."""
        self.check_service(credentials)
        key = self.held(credentials, "api_key").strip()
        name = str(credentials.service["api_key_name"]).strip()
        if credentials.service.get("api_key_location") == "url":
            return replace(request, url=with_query(_without(request.url, name), {name: key}))
        if not key.isprintable() or not name.isprintable():
            raise Refused(
                "The account's API key holds line breaks or control characters. Enter it again.",
                code="bad-token",
            )
        return request.with_header(name, key)


def _without(url: str, name: str) -> str:
    """The address without any parameter of that name; the others stay as they are written."""
    where, hash_sign, fragment = url.partition("#")
    path, question, query = where.partition("?")
    kept = [p for p in query.split("&") if p and unquote_plus(p.partition("=")[0]) != name]
    return f"{path}{question if kept else ''}{'&'.join(kept)}{hash_sign}{fragment}"
