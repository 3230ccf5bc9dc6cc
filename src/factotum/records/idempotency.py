"""How a line says that a service does what comes again with the same idempotency key only once.

``METHOD PATH SECONDS [HEADER]``: which requests, for how long it keeps a key, and which header holds it
where that is not ``Idempotency-Key``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

HEADER = "Idempotency-Key"

_LINE = re.compile(
    r"(\*|[A-Z]{3,10}) (/\S*) ([1-9]\d{0,7})(?: ([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}))?", re.ASCII
)
_NOT_OURS = frozenset(
    {"authorization", "connection", "content-length", "content-type", "cookie", "host"}
    | {"proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"}
)  # headers that say something else


class HonouredKey(NamedTuple):
    """One line: ``request`` is a method (``*`` any) and a path with ``:name`` and a last ``*``."""

    request: str
    seconds: int
    header: str = HEADER


def read_line(line: str) -> HonouredKey:
    """What a line says; ValueError with a sentence where it says nothing.

    >>> read_line("POST /v1/* 86400")
    HonouredKey(request='POST /v1/*', seconds=86400, header='Idempotency-Key')
    """
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise ValueError(
            f"{line!r} must be a method, a path and the seconds that a key is kept, "
            "such as POST /v1/* 86400."
        )
    method, path, seconds, header = found.groups()
    if header and header.lower() in _NOT_OURS:
        raise ValueError(f"{line!r} names the header {header}, which holds something else.")
    return HonouredKey(f"{method} {path}", int(seconds), header or HEADER)


def read_lines(value: str | Sequence[str] | None) -> list[HonouredKey]:
    """The same for lines as a record keeps them or a package writes them; blank ones say nothing."""
    lines = value.splitlines() if isinstance(value, str) else value or ()
    return [read_line(line) for line in lines if line.strip()]
