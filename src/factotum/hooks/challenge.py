"""What a service asks of an address before it sends deliveries there.

``crc``   X: ``GET ?crc_token=…`` wants the token signed with the consumer secret. That signs what a
          stranger sends, so only what is shaped like a token is signed, and a delivery of that shape
          is never taken (``verification.py``): nobody gets a delivery signed that way.
``hub``   Meta: ``GET ?hub.mode=subscribe&hub.verify_token=…&hub.challenge=…``; the verify token is the
          webhook's own GUID, which only we and Meta know.
``echo``  Slack: a signed ``POST`` of ``{"type": "url_verification", "challenge": …}``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from factotum.core.errors import Refused
from factotum.core.http import Request
from factotum.hooks.delivery_id import document_of

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,256}")

BEFORE = frozenset({"crc", "hub"})
"""Those that come unsigned."""


@dataclass(frozen=True, slots=True)
class ChallengeAnswer:
    """What goes back with status 200."""

    content_type: str
    body: bytes


def is_token(text: str) -> bool:
    """Whether a text is shaped like a token: letters, digits and what base64 has beside them."""
    return bool(_TOKEN.fullmatch(text))


def answered(
    kind: str, request: Request, secrets: Sequence[str], guid: str
) -> ChallengeAnswer | None:
    """The answer to a challenge; None where this is none. Refused where it asks for too much.

    ``echo`` is for requests whose signature was found to be good.
    """
    if kind == "echo":
        return _echo(request)
    if request.method not in {"GET", "HEAD"}:
        return None
    asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
    if kind == "crc" and "crc_token" in asked:
        return _crc(asked["crc_token"], secrets)
    if kind == "hub" and asked.get("hub.mode") == "subscribe":
        return _hub(asked.get("hub.verify_token", ""), asked.get("hub.challenge", ""), guid)
    return None


def _crc(token: str, secrets: Sequence[str]) -> ChallengeAnswer:
    if not is_token(token):
        raise Refused("crc_token is not shaped like a token of X's.", code="challenge-wrong")
    if not secrets:
        raise Refused("This webhook has no signing secret yet.", code="secret-missing")
    digest = hmac.digest(secrets[0].encode(), token.encode(), hashlib.sha256)
    answer = {"response_token": f"sha256={base64.b64encode(digest).decode()}"}
    return ChallengeAnswer("application/json", json.dumps(answer).encode())


def _hub(token: str, challenge: str, guid: str) -> ChallengeAnswer:
    if not hmac.compare_digest(token.encode(), guid.encode()):
        raise Refused("hub.verify_token is not this webhook's.", code="challenge-wrong")
    if not is_token(challenge):
        raise Refused("hub.challenge is not shaped like one of Meta's.", code="challenge-wrong")
    return ChallengeAnswer("text/plain; charset=utf-8", challenge.encode())


def _echo(request: Request) -> ChallengeAnswer | None:
    document = document_of(request)
    if not isinstance(document, dict) or document.get("type") != "url_verification":
        return None
    return ChallengeAnswer(
        "text/plain; charset=utf-8", str(document.get("challenge") or "")[:1000].encode()
    )
