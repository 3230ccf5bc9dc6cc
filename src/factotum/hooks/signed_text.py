"""The text that a sender signs, from a pattern such as ``v0:{timestamp}:{body}``.

================  ===========================================================================
``{body}``        the body's bytes as they came
``{timestamp}``   the signed time, as it was sent
``{url}``         the address that was called, with its query
``{params}``      a form's fields sorted by name, each name and value without anything between;
                  of a field that comes several times each value once (Twilio's way)
``{header:NAME}`` another header
================  ===========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import parse_qs, parse_qsl, urlsplit

from factotum.core.http import Request

_NAME = re.compile(r"\{(body|timestamp|url|params|header:[A-Za-z0-9-]+)\}")
_BRACED = re.compile(r"\{[^{}]*\}")
_DEFAULT_PORT = {"https": 443, "http": 80}

FORM = "application/x-www-form-urlencoded"


def faults_in(pattern: str) -> str:
    """What is wrong with a pattern, as a sentence, or ""."""
    for found in _BRACED.findall(pattern):
        if not _NAME.fullmatch(found):
            return f"{found} is nothing that can be signed; there are {{body}}, {{timestamp}}, {{url}}, {{params}} and {{header:NAME}}."
    if "{body}" not in pattern and "{params}" not in pattern:
        return "What is signed must hold {body} or {params}: else the body could be anything."
    return ""


def signed_texts(pattern: str, request: Request, timestamp: str) -> Iterator[bytes]:
    """What may have been signed: one text, or two where an address can be written in two ways.

    None where the body is not among what the pattern signs.
    """
    if "{params}" in pattern and not _is_covered(request):
        return
    for url in _spellings(request.url) if "{url}" in pattern else [request.url]:
        parts = _NAME.split(pattern)  # literal, name, literal, name … literal
        yield b"".join(
            _part(part, request, url, timestamp) if number % 2 else part.encode()
            for number, part in enumerate(parts)
        )


def _part(name: str, request: Request, url: str, timestamp: str) -> bytes:
    match name:
        case "body":
            return request.body
        case "timestamp":
            return timestamp.encode("latin-1", "replace")
        case "url":
            return url.encode("latin-1", "replace")
        case "params":
            return _params(request)
    return request.header(name.removeprefix("header:")).encode("latin-1", "replace")


def _params(request: Request) -> bytes:
    if request.content_type != FORM:
        return b""
    text = request.body.decode("utf-8", "replace")
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=2000)
    return "".join(name + value for name, value in sorted(set(pairs))).encode()


def _is_covered(request: Request) -> bool:
    """Whether the body is signed with the address: as a form, or by its digest in the query."""
    digest = parse_qs(urlsplit(request.url).query).get("bodySHA256", [""])[0]
    if digest and request.content_type != FORM:
        return compare_digest(sha256(request.body).hexdigest().encode(), digest.lower().encode())
    return not request.body or request.content_type == FORM


def _spellings(url: str) -> list[str]:
    """An address with and without its scheme's own port: senders are not of one mind."""
    parts = urlsplit(url)
    port = _DEFAULT_PORT.get(parts.scheme)
    if parts.port == port:
        return [url, parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()]
    if parts.port is None:
        return [url, url.replace(parts.netloc, f"{parts.netloc}:{port}", 1)]
    return [url]
