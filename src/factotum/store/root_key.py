"""The root key: 32 bytes that everything sealed depends on, from the environment or a file."""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from factotum.config import Config, WrongSetting

KEY_BYTES = 32

FILE_NAME = "root.key"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RootKey:
    """The key itself, never printed, and ``id``, which names it without telling anything of it."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """16 hex digits kept beside everything that this key wraps."""
        return hmac.digest(self.secret, b"factotum root key id", "sha256")[:8].hex()

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose (HKDF, RFC 5869); no two purposes share one."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self.secret)


def parse(text: str) -> RootKey:
    """A key written as 64 hex digits or as base64 of 32 bytes; ValueError for anything else."""
    text = "".join(text.split())
    for decode in (bytes.fromhex, _base64):
        try:
            secret = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(secret) == KEY_BYTES:
            return RootKey(secret)
    raise ValueError("not 32 bytes as base64 or hex")


def _base64(text: str) -> bytes:
    return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)


def load(config: Config) -> RootKey:
    """The root key these settings name; made in the data folder where they name none.

    Raises WrongSetting where the key or its file cannot be used.
    """
    if config.root_key:
        try:
            return parse(config.root_key)
        except ValueError as why:
            raise WrongSetting(f"FACTOTUM_ROOT_KEY is {why}. {HINT}") from None
    path = config.root_key_file or config.data / FILE_NAME
    if config.root_key_file is None and not path.exists():
        _make(path)
    return _read(path)


HINT = "Make one with: python -c 'import secrets; print(secrets.token_hex(32))'"


def _read(path: Path) -> RootKey:
    try:
        return parse(path.read_text(encoding="ascii"))
    except OSError as why:
        raise WrongSetting(f"The root key file {path} cannot be read: {why.strerror}.") from None
    except ValueError:
        raise WrongSetting(
            f"The root key file {path} must hold 32 bytes as base64 or hex."
        ) from None


def _make(path: Path) -> None:
    """Write a new key, complete or not at all; where another process was faster, its key stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    log.warning(
        "A new root key was made in %s. Everything sealed depends on it: keep a copy elsewhere, "
        "or set FACTOTUM_ROOT_KEY_FILE.",
        path,
    )
