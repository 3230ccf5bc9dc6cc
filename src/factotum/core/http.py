"""Requests and responses as plain values, and nothing that sends them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, 9.2.1

Headers = tuple[tuple[str, str], ...]


def header(headers: Headers, name: str) -> str:
    """The value of a header, names compared without case, repeated values joined by ``", "``."""
    wanted = name.lower()
    return ", ".join([value for key, value in headers if key.lower() == wanted])


@lru_cache(maxsize=256)
def media_type(content_type: str) -> str:
    """``text/HTML; charset=x`` → ``text/html``."""
    return content_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent. ``url`` is absolute and already encoded; ``body`` is the bytes as sent."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)

    @property
    def is_safe(self) -> bool:
        """Whether sending it twice changes nothing at the other end (RFC 9110, 9.2.1)."""
        return self.method.upper() in SAFE_METHODS

    @property
    def content_type(self) -> str:
        """The media type of the body, lower case, without parameters."""
        return media_type(self.header("content-type"))

    def header(self, name: str) -> str:
        """The value of one header, or ``""``."""
        return header(self.headers, name)

    def with_header(self, name: str, value: str) -> Request:
        """The same request with this header set, whatever it had under that name gone."""
        lower = name.lower()
        kept = [pair for pair in self.headers if pair[0].lower() != lower]
        return Request(self.method, self.url, (*kept, (name, value)), self.body)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. ``url`` is where it came from, after redirects, of which it says if there were."""

    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    url: str = ""
    is_redirected: bool = False

    @property
    def content_type(self) -> str:
        """The media type of the body, lower case, without parameters."""
        return media_type(self.header("content-type"))

    def header(self, name: str) -> str:
        """The value of one header, or ``""``."""
        return header(self.headers, name)

    def text(self) -> str:
        """The body as text: the charset it names, else UTF-8; what does not fit becomes U+FFFD."""
        _, _, parameter = self.header("content-type").lower().partition("charset=")
        charset = parameter.partition(";")[0].strip(" \"'") or "utf-8"
        try:
            return self.body.decode(charset, "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; raises ValueError where it is not."""
        return json.loads(self.body)
