"""What an incoming call says of the trace it belongs to (W3C Trace Context, ``traceparent``)."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar

LONGEST = 512  # characters; the header of today's version has 55

incoming: ContextVar[str] = ContextVar("incoming", default="")
"""The header of the call that is being answered; checked where it is used."""


def take(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Keep the header of this call for everything done to answer it."""
    found = next((value for name, value in headers if name == b"traceparent"), b"")
    incoming.set(found[:LONGEST].decode("latin-1"))
