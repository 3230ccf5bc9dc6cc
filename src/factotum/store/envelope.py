"""Envelope encryption with AES-256-GCM (NIST SP 800-38D), and nothing that knows a database.

A *data key* seals one record's values; the root key wraps the data key. What is sealed is bound to a
*context*, the words that say where it belongs: it opens only with the same ones, so a value copied
to another record, field or owner is useless there.

>>> key = new_key()
>>> box = seal(key, b"hush", ("account", 7, "token"))
>>> unseal(key, box, ("account", 7, "token"))
b'hush'
"""

from __future__ import annotations

import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from factotum.core.errors import FactotumError
from factotum.store.root_key import RootKey

Context = tuple[str | int, ...]

NONCE_BYTES = 12  # a fresh random one each time; one data key seals few values, far below 2**32

FORMAT = b"factotum/1 "


class SealBroken(FactotumError):
    """A sealed value does not open: another key, another place, or changed bytes."""

    code = "seal-broken"


def new_key() -> bytes:
    """A fresh data key."""
    return AESGCM.generate_key(256)


def seal(key: bytes, clear: bytes, context: Context) -> bytes:
    """Nonce and ciphertext with its tag: 28 bytes more than what goes in."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, _bound(context))


def unseal(key: bytes, sealed: bytes | memoryview, context: Context) -> bytes:
    """What was sealed with this key in this context; SealBroken where it was not."""
    sealed = bytes(sealed)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(context))
    except (InvalidTag, ValueError):
        raise SealBroken(
            "A sealed value does not open: it was sealed with another key, for another place, or "
            "has been changed."
        ) from None


def wrap(root: RootKey, key: bytes, context: Context) -> bytes:
    """A data key sealed by the root key."""
    return seal(root.derive("wrap data keys"), key, ("data key", *context))


def unwrap(root: RootKey, wrapped: bytes | memoryview, context: Context) -> bytes:
    """The data key; SealBroken where another root key wrapped it."""
    return unseal(root.derive("wrap data keys"), wrapped, ("data key", *context))


def _bound(context: Context) -> bytes:
    """The context as bytes that no other context has."""
    return FORMAT + json.dumps(context, ensure_ascii=True).encode()
