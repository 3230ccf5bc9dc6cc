"""Bytes in texts: base64, hashes, HMAC, character sets."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import Any

from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FILTERS
from factotum.scripting.values import as_bytes, from_bytes, text, truth

_HASHES = {
    name: name.replace("/", "_").replace("sha3-", "sha3_")
    for name in (
        "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512/256", "sha512/224",
        "sha3-224", "sha3-256", "sha3-384", "sha3-512", "ripemd160",
    )
    if name.replace("/", "_").replace("sha3-", "sha3_") in hashlib.algorithms_available
}  # fmt: skip
_CHARSETS = re.compile(r"[A-Za-z0-9_.:-]{1,40}")


@FILTERS.add("base64_encode")
def base64_encode(value: Any) -> str:
    """Bytes as base64."""
    return base64.b64encode(as_bytes(value)).decode()


@FILTERS.add("base64_decode")
def base64_decode(value: Any) -> str:
    """The bytes that base64 stands for; other characters in it are passed over."""
    return _decoded(text(value))


@FILTERS.add("base64url_encode")
def base64url_encode(value: Any) -> str:
    """Bytes as base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(as_bytes(value)).decode().rstrip("=")


@FILTERS.add("base64url_decode")
def base64url_decode(value: Any) -> str:
    """The bytes that base64 for addresses stands for."""
    return _decoded(text(value).replace("-", "+").replace("_", "/"))


def _decoded(encoded: str) -> str:
    kept = re.sub(r"[^A-Za-z0-9+/]", "", encoded)
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    try:
        return from_bytes(base64.b64decode(kept + "=" * (-len(kept) % 4)))
    except binascii.Error:
        return ""


@FILTERS.add("md5")
def md5(value: Any) -> str:
    """MD5 in hexadecimal."""
    return hashlib.md5(as_bytes(value), usedforsecurity=False).hexdigest()


@FILTERS.add("sha1")
def sha1(value: Any) -> str:
    """SHA-1 in hexadecimal."""
    return hashlib.sha1(as_bytes(value), usedforsecurity=False).hexdigest()


@FILTERS.add("hash_hmac")
def hash_hmac(value: Any, key: Any = "", algo: Any = "sha256", raw: Any = False) -> str:
    """HMAC of a text in hexadecimal, or its bytes; ``…|hash_hmac(k, 'sha1', true)|base64_encode``."""
    name = _HASHES.get(text(algo).lower())
    if name is None:
        raise Trouble(f'hash_hmac does not know "{text(algo)[:40]}".')
    digest = hmac.new(as_bytes(key), as_bytes(value), name)
    return from_bytes(digest.digest()) if truth(raw) else digest.hexdigest()


@FILTERS.add("convert_encoding")
def convert_encoding(value: Any, to: Any, from_: Any = None) -> str:
    """Bytes of one character set as those of another; what it lacks becomes "?"."""
    source, target = text(from_) or "utf-8", text(to)
    if not _CHARSETS.fullmatch(source) or not _CHARSETS.fullmatch(target):
        raise Trouble("convert_encoding takes two names of character sets.")
    try:
        return from_bytes(as_bytes(value).decode(source, "replace").encode(target, "replace"))
    except (LookupError, UnicodeError):
        raise Trouble(f'There is no character set "{target}" or "{source}".') from None
