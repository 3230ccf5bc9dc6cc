"""Callback addresses, and what comes back to them: by redirect, or pasted by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlsplit

from factotum.core.errors import LinkFailed

PATH = "/oauth/callback"

OUT_OF_BAND = "oob"
"""The callback address of a person who types in a PIN instead (RFC 5849, 2.1)."""

_NAMES_THE_LINK = ("state", "oauth_token", "denied")
_IS_AN_ANSWER = frozenset({"code", "oauth_verifier", "denied", "error", "oauth_problem"})
_PIN = re.compile(r"[A-Za-z0-9_-]{4,64}")


def callback_url(base_url: str, extension_id: str = "") -> str:
    """The address to register at providers; both forms lead to the same place.

    >>> callback_url("https://bots.example.com")
    'https://bots.example.com/oauth/callback'
    """
    path = f"{PATH}/{quote(extension_id, safe='')}" if extension_id else PATH
    return f"{base_url.rstrip('/')}{path}"


def states_of(params: Mapping[str, str]) -> list[str]:
    """What may name the pending link: OAuth 2.0's state, OAuth 1.0a's request token."""
    return [params[name] for name in _NAMES_THE_LINK if params.get(name)]


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a person pasted: a callback's parameters, or a PIN."""

    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    pin: str = field(default="", repr=False)


def read_pasted(text: str) -> Pasted:
    """The address the browser was sent to, its query alone, or a PIN; line breaks do no harm.

    LinkFailed (``not-a-callback``) where it is neither, such as the consent page's own address.
    """
    text = "".join(text.split()).strip("<>\"'")
    if _PIN.fullmatch(text):
        return Pasted(pin=text)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    query = parts.query or parts.fragment or text
    params = dict(parse_qsl(query, keep_blank_values=True))
    if not _IS_AN_ANSWER & params.keys():
        raise LinkFailed(
            "This is not the address that the provider sent the browser to after consent. Copy the "
            "whole address from the browser's address bar, or the PIN that the provider shows.",
            code="not-a-callback",
        )
    return Pasted(params)
