"""What is known of a service that calls webhooks: how it signs, how it names a delivery, what it asks.

All of it is data, a JSON file each in ``providers/``. In a file:

``signature``   which header holds it and what is signed (``Signature``)
``delivery``    where the delivery's id stands, the first that is there counts: ``header:NAME``,
                ``json:a.b`` (a member of the body), ``form:A+B`` (fields of a form, all of them), or
                ``body`` (its digest, for services that give no id)
``challenge``   what it asks before it sends anything: ``crc``, ``hub`` or ``echo`` (``challenge.py``)
``setup``       sentences for the person who sets it up there
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from factotum.hooks.signed_text import faults_in

CUSTOM = "hmac"
"""The key of the sender whose signature the webhook itself describes."""

TOLERANCE = 300
"""Seconds that a signed time may be away from ours, either way; what Slack, Stripe and others advise."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Where a signature stands and what it signs.

    ``prefix`` stands before it in the header (``sha256=``). Where the header is a list instead,
    ``separator`` is between its items, ``between`` in the middle of each, and ``item`` names those
    that are signatures (Stripe: ``t=1492774577,v1=5257a869…``). ``timestamp`` is the header that
    holds the signed time in seconds since 1970, or the name of a list's item. ``signed`` is the text
    that is signed (``signed_text.py``). ``algorithms`` are tried in turn; ``plain`` means that the
    header holds the secret itself. ``secret`` says how the key is written: ``text`` or ``whsec``
    (base64, mostly after ``whsec_``).
    """

    header: str
    prefix: str = ""
    algorithms: tuple[str, ...] = ("sha256",)
    encoding: Literal["hex", "base64"] = "hex"
    signed: str = "{body}"
    timestamp: str = ""
    tolerance: int = TOLERANCE
    separator: str = ""
    between: str = "="
    item: str = ""
    secret: Literal["text", "whsec"] = "text"

    @property
    def is_plain(self) -> bool:
        """Whether the header holds the secret itself."""
        return self.algorithms == ("plain",)


@dataclass(frozen=True, slots=True)
class Provider:
    """One sender of webhooks."""

    key: str
    label: str
    docs: str
    secret_label: str
    setup: tuple[str, ...]
    signature: Signature
    delivery: tuple[str, ...] = ()
    challenge: Literal["", "crc", "hub", "echo"] = ""


@cache
def providers() -> Mapping[str, Provider]:
    """Key → sender, in the order in which people read them; ValueError for a file that cannot be."""
    folder = files("factotum.hooks") / "providers"
    found = [
        read(entry.name.removesuffix(".json"), json.loads(entry.read_text("utf-8")))
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    ]
    found.sort(key=lambda one: (one.key == CUSTOM, one.label.lower()))
    return {one.key: one for one in found}


def read(key: str, document: Mapping[str, Any]) -> Provider:
    """A sender from its file; ValueError names what does not fit."""
    given = dict(document)
    signature = _made(Signature, key, given.pop("signature"))
    for fault in (faults_in(signature.signed), _unknown_sources(given.get("delivery", ()))):
        if fault:
            raise ValueError(f"{key}: {fault}")
    provider: Provider = _made(Provider, key, {**given, "key": key, "signature": signature})
    return provider


def described(provider: Provider, given: Mapping[str, Any]) -> Provider:
    """The sender whose signature a webhook describes in its own fields; others as they are."""
    if provider.key != CUSTOM:
        return provider
    return replace(
        provider,
        signature=replace(
            provider.signature,
            header=str(given.get("signature_header") or provider.signature.header).lower(),
            prefix=str(given.get("signature_prefix") or ""),
            algorithms=(str(given.get("signature_algorithm") or "sha256"),),
            encoding="base64" if given.get("signature_encoding") == "base64" else "hex",
            signed=str(given.get("signed_text") or "{body}"),
            timestamp=str(given.get("timestamp_header") or "").lower(),
            tolerance=int(given.get("tolerance") or TOLERANCE),
        ),
    )


def _made(kind: type[Any], key: str, given: Mapping[str, Any]) -> Any:
    unknown = given.keys() - {field.name for field in fields(kind)}
    if unknown:
        raise ValueError(f"{key}: there is no {min(unknown)!r}")
    values = {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
    return kind(**values)


def _unknown_sources(sources: list[str]) -> str:
    wrong = [
        source
        for source in sources
        if source != "body" and source.partition(":")[0] not in {"header", "json", "form"}
    ]
    return f"a delivery has no {wrong[0]!r}" if wrong else ""
