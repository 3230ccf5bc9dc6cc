"""Which requests a service does once however often they come with the same idempotency key.

What is known of well-known hosts is data, one file a service in ``idempotency_keys/``; of others the
connected service itself says it (``idempotency_keys``). Lines are as ``records.idempotency`` reads them.

>>> charge = Request("POST", "https://api.stripe.com/v1/charges")
>>> honoured(charge).header, honoured(charge).seconds
('Idempotency-Key', 86400)
>>> honoured(Request("DELETE", "https://api.stripe.com/v1/customers/cus_1")) is None
True
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from factotum.core.http import Request, Response
from factotum.records.idempotency import HonouredKey, read_line
from factotum.runs.limits.rules import Pattern

FOLDER = Path(__file__).parent / "idempotency_keys"
RELIED_ON = 0.95
"""Of the time that a service keeps a key: what is sent at the very end may come to it after the end."""
REPLAYED = "idempotent-replayed"
"""The header of an answer that was given before, as Stripe and others say it."""


@dataclass(frozen=True, slots=True)
class Honoured:
    """Requests that fit ``pattern`` are done once for each key in ``header``, for ``seconds``."""

    pattern: Pattern
    header: str
    seconds: int

    @classmethod
    def read(cls, said: HonouredKey) -> Honoured:
        """From a line."""
        return cls(Pattern.read(said.request), said.header, said.seconds)

    def fits(self, request: Request) -> bool:
        """Whether this request is one of them."""
        segments = tuple(part for part in urlsplit(request.url).path.split("/") if part)
        return self.pattern.matches(request.method, segments)

    def until(self, sent_at: float) -> float:
        """Until when what was first sent then may be sent again, in seconds since 1970."""
        return sent_at + self.seconds * RELIED_ON


def honoured(request: Request, of_service: Sequence[Honoured] = ()) -> Honoured | None:
    """How the service honours a key of this request; None where it is not known to."""
    at_host = _hosts().get(urlsplit(request.url).hostname or "", ())
    if not (of_service or at_host):
        return None
    return next((each for each in (*of_service, *at_host) if each.fits(request)), None)


def is_replayed(response: Response) -> bool:
    """Whether the service says that it gave this answer before."""
    return response.header(REPLAYED).strip().lower() == "true"


@cache
def _hosts() -> Mapping[str, tuple[Honoured, ...]]:
    found: dict[str, tuple[Honoured, ...]] = {}
    for file in sorted(FOLDER.glob("*.json")):
        service = json.loads(file.read_text())
        lines = tuple(Honoured.read(read_line(line)) for line in service["honours"])
        found |= dict.fromkeys(service["hosts"], lines)
    return found
