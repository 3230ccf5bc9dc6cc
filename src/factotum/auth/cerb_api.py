"""Cerb's own API: access key and a signature over the request.

https://cerb.ai/docs/api/topics/authentication/
"""

from __future__ import annotations

from email.utils import format_datetime
from hashlib import md5
from typing import ClassVar
from urllib.parse import urlsplit

from factotum.auth.scheme import Credentials, Scheme, schemes
from factotum.core.fields import Fields, Secret, Text, Url
from factotum.core.http import Request
from factotum.core.values import Moment


@schemes.add("cerb.service.provider.cerb.api.legacy")
class CerbApi(Scheme):
    """``Date`` and ``Cerb-Auth: <access key>:<signature>``."""

    key: ClassVar[str] = "cerb.service.provider.cerb.api.legacy"
    label: ClassVar[str] = "Cerb API"
    service_fields: ClassVar[Fields] = Fields()
    account_fields: ClassVar[Fields] = Fields(
        Url(
            key="base_url",
            label="Base URL",
            required=True,
            placeholder="https://cerb.example.com/rest/",
        ),
        Text(key="access_key", label="Access Key", required=True),
        Secret(key="secret_key", label="Secret Key", required=True),
    )

    def sign(self, request: Request, credentials: Credentials, moment: Moment) -> Request:
        """The request with the date it is good for (ten minutes at Cerb) and its signature."""
        access_key = self.held(credentials, "access_key")
        date = format_datetime(moment.at, usegmt=True)
        secret = _md5(self.held(credentials, "secret_key").encode())
        signature = _md5(string_to_sign(request, date, secret))
        dated = request.with_header("Date", date)
        return dated.with_header("Cerb-Auth", f"{access_key}:{signature}")


def string_to_sign(request: Request, date: str, secret: str) -> bytes:
    r"""What is signed, a line each: verb, date, path, sorted query, body, MD5 of the secret.

    >>> string_to_sign(Request("get", "https://cerb.example/rest/a.json?b=1&a=2"), "Mon", "5eb6")
    b'GET\nMon\n/rest/a.json\na=2&b=1\n\n5eb6\n'
    """
    parts = urlsplit(request.url)
    query = "&".join(sorted(part for part in parts.query.split("&") if part))
    head = f"{request.method.upper()}\n{date}\n{parts.path}\n{query}\n"
    return b"".join([head.encode(), request.body, f"\n{secret}\n".encode()])


def _md5(text: bytes) -> str:
    return md5(
        text, usedforsecurity=False
    ).hexdigest()  # Cerb's format; nothing of ours rests on it
