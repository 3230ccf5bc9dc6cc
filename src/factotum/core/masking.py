"""Takes secrets out of whatever is about to be shown, logged or kept.

>>> mask("key=s3cr3t-value", ["s3cr3t-value"])
'key=•••'
>>> mask_url("https://api.example.com/me?access_token=abc&lang=en")
'https://api.example.com/me?access_token=•••&lang=en'
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

import orjson

from factotum.core.http import Headers

MASK = "•••"

SHORTEST = 4
"""A secret shorter than this is masked only where it is the whole text: else it is everywhere."""

T = TypeVar("T")

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_SECRET_NAME = re.compile(
    r"""
    ((access|amz|api|apim|app|auth|aws|bearer|bot|client|consumer|csrf|device|goog|id|master|oauth
      |ocp|private|refresh|secret|security|service|session|shared|signing|subscription|token|user
      |vault|webhook|x|xsrf) [-_.]?)* (key|token|secret)
    | (.*[-_.])? (pass(word|wd|phrase)?|pwd|secret|credentials?|signature|sig|jwt|assertion)
    | .*[-_.] (verifier|cookie)
    | cerb[-_]auth
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Whole names only: ``pagination_token`` and ``Idempotency-Key`` are no secrets."""

_OPEN = ("idempotency-key", "surrogate-key", "page-token", "pagination-token", "sync-token")
"""How headers end that tell no secret although they are keys or tokens."""

_USER_INFORMATION = re.compile(r"(?<=://)[^/@]*@")
_QUERY_PAIR = re.compile(r"([^=&;?#\s]+)=([^&;#\s]*)")


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Whether a parameter or header of this name usually holds a secret (``client_secret``)."""
    return bool(_SECRET_NAME.fullmatch(name))


@lru_cache(maxsize=1024)
def is_secret_header(name: str) -> bool:
    """Whether a header is a credential: Authorization, Cookie, X-Api-Key, X-Acme-Token and their like."""
    lower = name.lower()
    return lower in _SECRET_HEADERS or is_secret_name(lower) or _is_named_so(lower)


def _is_named_so(header: str) -> bool:
    """Every maker has a name of its own before ``-Token``; few headers that end so tell no secret."""
    return header.endswith(("-token", "-key", "-secret", "-auth")) and not header.endswith(_OPEN)


def mask(value: T, secrets: Iterable[str]) -> T:
    """The value without the secrets: a text, bytes, or any structure of dicts, lists and tuples.

    Each secret is also found URL-encoded, JSON- and HTML-escaped and inside base64. What holds none
    is returned as it is.
    """
    whole = frozenset(secrets) - {""}
    if not whole or _is_clean(value, whole):
        return value
    masked: T = _mask(value, _forms(whole), whole)
    return masked


def mask_headers(headers: Headers, secrets: Iterable[str] = ()) -> Headers:
    """Headers to show: ``Authorization: Bearer •••``, cookies and API keys gone, secrets masked."""
    shown = tuple([(name, _mask_header(name, value)) for name, value in headers])
    return mask(shown, secrets)


def mask_url(url: str, secrets: Iterable[str] = ()) -> str:
    """A URL to show: values of secret-named parameters and any user information gone."""
    head, mark, query = url.partition("?")
    head = _USER_INFORMATION.sub(f"{MASK}@", head)
    shown = _QUERY_PAIR.sub(_mask_pair, query)
    return mask(f"{head}{mark}{shown}", secrets)


def mask_form(body: str, secrets: Iterable[str] = ()) -> str:
    """A form-encoded body to show: values of secret-named parameters gone."""
    return mask(_QUERY_PAIR.sub(_mask_pair, body), secrets)


def _mask_pair(pair: re.Match[str]) -> str:
    return f"{pair[1]}={MASK}" if is_secret_name(pair[1]) else pair[0]


def _mask_header(name: str, value: str) -> str:
    if not is_secret_header(name) or not value:
        return value
    scheme, space, rest = value.partition(" ")
    shows_scheme = name.lower().endswith("authorization") and space and rest
    return f"{scheme} {MASK}" if shows_scheme else MASK


def _is_clean(value: Any, secrets: frozenset[str]) -> bool:
    """Whether a structure surely holds none: one look at its JSON, not one at each of its parts.

    A text holds a spelling exactly if its JSON holds the JSON of that spelling.
    """
    if isinstance(value, bytes):
        return _holds_none(value, _forms_in_bytes(secrets))
    if not isinstance(value, dict | list | tuple):
        return False
    try:
        text = orjson.dumps(value, default=_opened, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # of orjson: half a surrogate pair, nesting without end, bytes …
        return False
    return _holds_none(text, _forms_in_json(secrets))


def _holds_none(text: bytes, forms: tuple[bytes, ...]) -> bool:
    for form in forms:  # noqa: SIM110  any() costs more than all its looks
        if form in text:
            return False
    return True


def _opened(value: Any) -> Any:
    """For ``orjson``: what is to be looked into, None for what ``_mask`` leaves alone."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        raise TypeError
    return None


def _mask(value: Any, forms: tuple[str, ...], whole: frozenset[str]) -> Any:
    if isinstance(value, str):
        return _mask_text(value, forms, whole)
    if isinstance(value, bytes):
        text = value.decode("utf-8", "surrogateescape")
        return _mask_text(text, forms, whole).encode("utf-8", "surrogateescape")
    if isinstance(value, Mapping):
        return {_mask(k, forms, whole): _mask(v, forms, whole) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(_mask(item, forms, whole) for item in value)
    if isinstance(value, list):
        return [_mask(item, forms, whole) for item in value]
    return value


def _mask_text(text: str, forms: tuple[str, ...], whole: frozenset[str]) -> str:
    if text in whole:
        return MASK
    for form in forms:
        if form in text:
            text = text.replace(form, MASK)
    return text


@lru_cache(maxsize=512)
def _forms(secrets: frozenset[str]) -> tuple[str, ...]:
    """Every spelling of the secrets, longest first so that a part never hides the whole."""
    spelled = {form for secret in secrets if len(secret) >= SHORTEST for form in _spellings(secret)}
    return tuple(sorted(spelled, key=lambda form: (-len(form), form)))


@lru_cache(maxsize=512)
def _forms_in_json(secrets: frozenset[str]) -> tuple[bytes, ...]:
    """The spellings as they stand inside JSON; a short secret with its quotes, as the whole text."""
    found = {_as_json(form)[1:-1] for form in _forms(secrets)}
    found |= {_as_json(secret) for secret in secrets if len(secret) < SHORTEST}
    return tuple(form for form in found if form)


@lru_cache(maxsize=512)
def _forms_in_bytes(secrets: frozenset[str]) -> tuple[bytes, ...]:
    """The spellings as bytes; a short secret as it is."""
    found = {_as_bytes(form) for form in {*_forms(secrets), *secrets}}
    return tuple(form for form in found if form)


def _as_bytes(text: str) -> bytes:
    """``b""`` for what no bytes hold."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return b""


def _as_json(text: str) -> bytes:
    """``b""`` for half a surrogate pair: what holds that has no JSON either."""
    try:
        return orjson.dumps(text)
    except TypeError:
        return b""


def _spellings(secret: str) -> set[str]:
    quoted = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda octet: octet[0].lower(), form) for form in quoted}
    twice = {quote(form, safe="") for form in quoted}
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    slashes = {form.replace("/", "\\/") for form in escaped}
    return (
        {secret, html.escape(secret)} | quoted | lower | twice | escaped | slashes | _base64(secret)
    )


def _base64(secret: str) -> set[str]:
    """The middle of the base64 at each of the three places a text can begin within a group.

    What depends on the neighbours is left out, so ``base64(user:password)`` is found by the password.
    """
    raw = secret.encode("utf-8", "surrogateescape")
    found = set()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        start = (before * 8 + 5) // 6
        end = (before + len(raw)) * 8 // 6
        if end - start >= 2 * SHORTEST:
            found |= {encoded[start:end], encoded[start:end].translate(_TO_URL_SAFE)}
    return found


_TO_URL_SAFE = str.maketrans("+/", "-_")
