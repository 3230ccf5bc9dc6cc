"""Redirects (RFC 9110, 15.4): what the next request is, and what it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

from factotum.core.errors import Refused
from factotum.core.http import Headers, Request
from factotum.core.masking import is_secret_header

STATUSES = frozenset({301, 302, 303, 307, 308})

TRACE = "traceparent"  # is told to hosts that FACTOTUM_TRACE_HOSTS names, and to no other

_OF_THE_BODY = frozenset(
    {"content-type", "content-encoding", "content-language", "content-location"}
)


def next_request(request: Request, status: int, location: str) -> Request:
    """The unsigned request that follows: 301 and 302 turn POST into GET, 303 all but HEAD.

    ``request`` is the one before it was signed, so nothing a signature added is carried along.
    Refused where the location is no address.
    """
    try:
        url = urljoin(request.url, location)
    except ValueError as error:
        raise Refused(
            "The answer redirects to something that is no address.", code="bad-url"
        ) from error
    method = request.method.upper()
    to_get = (status == 303 and method != "HEAD") or (status in {301, 302} and method == "POST")
    if not to_get:
        return replace(request, url=url)
    return Request("GET", url, _without_body_headers(request.headers))


def without_credentials(request: Request) -> Request:
    """The request for another scheme, host or port: no Authorization, Cookie, API key, no trace."""
    kept = tuple(
        (name, value)
        for name, value in request.headers
        if not is_secret_header(name) and name.lower() != TRACE
    )
    return replace(request, headers=kept)


def _without_body_headers(headers: Headers) -> Headers:
    return tuple(pair for pair in headers if pair[0].lower() not in _OF_THE_BODY)
