"""Which delivery this is, so that the same one again is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from factotum.core.http import Request
from factotum.hooks.signed_text import FORM


def delivery_id(sources: Sequence[str], request: Request) -> str:
    """The id in the first place that holds one, "" where none does.

    >>> delivery_id(["header:x-id", "json:event.id"], Request("POST", "", (), b'{"event":{"id":7}}'))
    '7'
    """
    for source in sources:
        found = _look(source, request)
        if found:
            return found
    return ""


def document_of(request: Request) -> Any:
    """The body as JSON, None where it is none."""
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):  # also bytes that are no text
        return None


def _look(source: str, request: Request) -> str:
    kind, _, name = source.partition(":")
    match kind:
        case "header":
            return request.header(name).strip()
        case "json":
            return _member(document_of(request), name.split("."))
        case "form":
            return _fields(request, name.split("+"))
    return f"sha256:{sha256(request.body).hexdigest()}" if request.body else ""


def _member(document: Any, path: Sequence[str]) -> str:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    is_id = isinstance(document, str | int) and not isinstance(document, bool)
    return str(document) if is_id else ""


def _fields(request: Request, names: Sequence[str]) -> str:
    if request.content_type != FORM:
        return ""
    text = request.body.decode("utf-8", "replace")
    given = dict(parse_qsl(text, max_num_fields=2000))
    return ":".join(given[name] for name in names) if all(map(given.get, names)) else ""
