"""A call of a webhook and what it is answered, as plain values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus

from factotum.core.errors import Refused
from factotum.core.http import Headers


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One call as it came; ``path`` is what stands behind the guid, ``query`` is undecoded.

    ``target`` is path and query as the request line has them. ``headers`` have lower-case names.
    ``is_too_large`` where the body went beyond the webhook's limit: it was not read to its end.
    """

    guid: str = field(repr=False)
    method: str
    path: str = ""
    query: str = ""
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    client_ip: str = ""
    target: str = field(default="", repr=False)
    is_too_large: bool = False


@dataclass(frozen=True, slots=True)
class WebhookReply:
    """What goes back, as bytes."""

    status: int
    headers: Headers
    body: bytes


_STATUS = {
    "signature-missing": HTTPStatus.UNAUTHORIZED,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too-many-challenges": HTTPStatus.TOO_MANY_REQUESTS,
    "under-way": HTTPStatus.CONFLICT,
}

_MORE: dict[int, Headers] = {
    401: (("www-authenticate", "Signature"),),  # RFC 9110, 15.5.2
    409: (("retry-after", "5"),),
    429: (("retry-after", "60"),),
}


def refusal(why: Refused) -> WebhookReply:
    """A problem document (RFC 9457) with the refusal's code and sentence."""
    status = _STATUS.get(why.code, HTTPStatus.FORBIDDEN)
    document = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": why.sentence,
        "code": why.code,
    }
    kind = (("content-type", "application/problem+json"),)
    return WebhookReply(status, kind + _MORE.get(status, ()), json.dumps(document).encode())


def plain(status: int, sentence: str) -> WebhookReply:
    """A line of text."""
    headers = (("content-type", "text/plain; charset=utf-8"),)
    return WebhookReply(status, headers, f"{sentence}\n".encode())
