"""The engine's database, and how things are kept in it."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
from contextlib import closing, suppress
from typing import Any

from dbos import DBOS
from dbos._serialization import Serializer

from factotum.runs.ports import Sealer

SCHEMA = "dbos"


class Sealed(Serializer):
    """Everything DBOS keeps of ours, as sealed JSON: answers of services may hold anything."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def serialize(self, data: Any) -> str:
        """Sealed."""
        clear = json.dumps(data, separators=(",", ":"), default=str).encode()
        return base64.b64encode(self._sealer.seal(clear)).decode("ascii")

    def deserialize(self, serialized_data: str) -> Any:
        """Unsealed."""
        return json.loads(self._sealer.unseal(base64.b64decode(serialized_data)))

    def name(self) -> str:
        """As DBOS notes it beside what was written."""
        return "factotum_sealed"


def engine_url(url: str) -> str:
    """The engine's database for the product's.

    >>> engine_url("sqlite:////var/lib/factotum/factotum.sqlite3")
    'sqlite:////var/lib/factotum/factotum-engine.sqlite3'
    """
    if url.startswith("sqlite:"):
        stem, dot, ending = url.rpartition(".")
        return f"{stem}-engine{dot}{ending}"
    return "postgresql+psycopg://" + url.partition("://")[2]


def prepare(url: str) -> None:
    """Make the engine's database, or bring it to this version of DBOS."""
    if url.startswith("sqlite:"):
        _begin_file(engine_url(url).removeprefix("sqlite:///"))
    DBOS.migrate(engine_url(url), schema=SCHEMA)


def _begin_file(path: str) -> None:
    """A file that nobody else of this machine can read, in WAL mode, which SQLite keeps in it."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
