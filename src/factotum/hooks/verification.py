"""Whether a delivery was signed by who it says it is from."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence

from factotum.core.errors import Refused
from factotum.core.http import Request
from factotum.hooks.challenge import is_token
from factotum.hooks.provider import Provider, Signature
from factotum.hooks.signed_text import signed_texts

MOST = 20  # signatures in one header; Stripe and others send one a secret while it is changed

_HEX = re.compile(r"[0-9a-fA-F]+")
_SECONDS = re.compile(r"[0-9]{1,12}")


def verify(provider: Provider, secrets: Sequence[str], request: Request, now: int) -> None:
    """Nothing where one of the secrets has signed this request; Refused says why not.

    ``request.url`` is the address as the sender knows it. Codes: ``signature-missing``,
    ``signature-wrong``, ``signature-old``, ``secret-missing``.

    >>> from factotum.hooks.provider import providers
    >>> verify(providers()["github"], ["It's a Secret to Everybody"], Request("POST", "", ((
    ...     "x-hub-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b"
    ...     "043e17"),), b"Hello, World!"), 0)
    """
    rule = provider.signature
    if not secrets:
        raise Refused(
            "This webhook takes signed deliveries only and has no signing secret yet.",
            code="secret-missing",
        )
    value = _only(request, rule.header)
    if not value:
        raise _missing(rule.header)
    timestamp, given = _read(rule, request, value)
    if not _is_signed(rule, secrets, request, timestamp, given) or _is_answer(provider, request):
        raise Refused(
            f"The signature in {rule.header} does not fit this delivery; the signing secret here "
            "and at the service must be the same.",
            code="signature-wrong",
        )
    if rule.timestamp and abs(now - int(timestamp)) > rule.tolerance:
        raise Refused(
            f"This delivery was signed more than {rule.tolerance} seconds away from now, so it may "
            "be a repetition of an old one.",
            code="signature-old",
        )


def _is_answer(provider: Provider, request: Request) -> bool:
    """Whether it is what we sign ourselves, for whoever asks, as a challenge's answer."""
    return provider.challenge == "crc" and is_token(request.body.decode("latin-1"))


def _only(request: Request, name: str) -> str:
    """The header's value; Refused where it came more than once, for then nobody knows which counts."""
    values = [value for key, value in request.headers if key.lower() == name]
    if len(values) > 1:
        raise Refused(f"The header {name} came more than once.", code="signature-wrong")
    return values[0].strip() if values else ""


def _missing(name: str) -> Refused:
    return Refused(
        f"This webhook takes signed deliveries only, and the header {name} is missing.",
        code="signature-missing",
    )


def _read(rule: Signature, request: Request, value: str) -> tuple[str, list[str]]:
    """(signed time or "", signatures) of the header."""
    if not rule.separator:
        given = [value.removeprefix(rule.prefix)] if value.startswith(rule.prefix) else []
        items: list[tuple[str, str]] = []
    else:
        pairs = [item.strip().partition(rule.between) for item in value.split(rule.separator)]
        items = [(name, text) for name, _, text in pairs]
        given = [text for name, text in items if name == rule.item][:MOST]
    if not rule.timestamp:
        return "", given
    listed = [text for name, text in items if name == rule.timestamp]
    timestamp = listed[0] if listed else _only(request, rule.timestamp)
    if not timestamp:
        raise _missing(rule.timestamp)
    if not _SECONDS.fullmatch(timestamp):
        raise Refused("The signed time is not in seconds since 1970.", code="signature-wrong")
    return timestamp, given


def _is_signed(
    rule: Signature, secrets: Sequence[str], request: Request, timestamp: str, given: Sequence[str]
) -> bool:
    sent = [signature for text in given if (signature := _bytes(rule, text))]
    wanted = list(_wanted(rule, secrets, request, timestamp))
    return any(hmac.compare_digest(one, other) for one in wanted for other in sent)


def _wanted(
    rule: Signature, secrets: Sequence[str], request: Request, timestamp: str
) -> Iterator[bytes]:
    """Every signature that would do."""
    keys = [key for secret in secrets if (key := _key(rule, secret))]
    if rule.is_plain:
        yield from keys
        return
    for text in signed_texts(rule.signed, request, timestamp):
        for key in keys:
            for algorithm in rule.algorithms:
                yield hmac.digest(key, text, getattr(hashlib, algorithm))


def _key(rule: Signature, secret: str) -> bytes:
    if rule.secret == "text":
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_") + "==")
    except binascii.Error:
        return b""


def _bytes(rule: Signature, text: str) -> bytes:
    """The signature as bytes; empty where it is not written as it has to be."""
    if rule.is_plain:
        return text.encode("latin-1", "replace")
    try:
        if rule.encoding == "base64":
            return base64.b64decode(text, validate=True)
        return bytes.fromhex(text) if _HEX.fullmatch(text) else b""
    except ValueError:  # also binascii's: an odd number of digits, characters that are none
        return b""
