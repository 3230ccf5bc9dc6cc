"""A service's answer handed on as it came, less what concerns its connection with us."""

from __future__ import annotations

from collections.abc import ItemsView
from typing import Any

from django.http import HttpResponse

from factotum.core.http import Headers, Response

NOT_HANDED_ON = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding",
        "upgrade",  # of one connection (RFC 9110, 7.6.1)
        "content-encoding", "content-length",  # the body was decompressed
        "alt-svc", "clear-site-data", "content-security-policy", "nel", "report-to",
        "reporting-endpoints", "service-worker-allowed", "set-cookie",
        "strict-transport-security", "x-content-type-options",  # they speak of a whole origin, which here is ours
    }
)  # fmt: skip
OURS = "x-factotum-"
"""How the names of headers begin that only we answer with."""


class Relayed(HttpResponse):
    """Unlike Django's own response it keeps a header that came more than once."""

    def __init__(self, answer: Response, *, head: bool = False) -> None:
        super().__init__(answer.body, status=answer.status)
        del self.headers["Content-Type"]
        self._theirs = tuple(_handed_on(answer.headers))
        length = answer.header("content-length")
        if head and length.isascii() and length.isdigit() and not answer.header("content-encoding"):
            self.headers["Content-Length"] = length
        # a strange page must not run as one of ours
        self.headers["Content-Security-Policy"] = "sandbox"
        self.headers["X-Content-Type-Options"] = "nosniff"

    def items(self) -> ItemsView[str, Any]:
        """Our headers, then theirs in their order: what the server sends."""
        ours = [(name, value) for name, value in super().items() if not self._is_theirs(name)]
        return [*ours, *self._theirs]  # type: ignore[return-value]  # pairs may repeat a name

    def _is_theirs(self, name: str) -> bool:
        return any(name.lower() == theirs.lower() for theirs, _ in self._theirs)


def _handed_on(headers: Headers) -> Headers:
    """Values as the latin-1 text that stands for their bytes."""
    return tuple(
        (name, value.encode().decode("latin-1"))
        for name, value in headers
        if (lower := name.lower()) not in NOT_HANDED_ON and not lower.startswith(OURS)
    )
