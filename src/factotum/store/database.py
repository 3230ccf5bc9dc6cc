"""The database's address as Django settings: SQLite tuned for many threads, or PostgreSQL.

SQLite runs in WAL mode, so readers never wait for the writer, with ``synchronous=FULL``: a commit is
on the disk before it returns, which is what the effect ledger promises across a power loss (with
``NORMAL``, WAL may lose the last commits). Transactions begin IMMEDIATE, so that two writers queue
(``timeout``) where a deferred one would fail half-way with "database is locked".
"""

from __future__ import annotations

import contextlib
import os
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_PREFIX = "sqlite:///"

BUSY_SECONDS = 20
STANDS_STILL = 4000
"""Milliseconds after which PostgreSQL ends a transaction that goes no further. A process that stands
still in one would keep its rows from whoever takes its work over, which is later than this."""


def settings_for(url: str) -> dict[str, Any]:
    """One entry of Django's DATABASES.

    >>> settings_for("postgresql://ada:pw@db.example.com:5433/bots")["PORT"]
    '5433'
    """
    return _sqlite(url) if url.startswith(SQLITE_PREFIX) else _postgresql(url)


def _sqlite(url: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": url.removeprefix(SQLITE_PREFIX),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": BUSY_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;",
        },
    }


def begin_file(url: str) -> None:
    """Make SQLite's file where it is not there yet, so that nobody else of this machine can read it.

    The files that SQLite puts beside it get the same rights. PostgreSQL's database has no file here.
    """
    if not url.startswith(SQLITE_PREFIX):
        return
    with contextlib.suppress(OSError):  # it is there already, or opening it tells why it cannot be
        os.close(os.open(url.removeprefix(SQLITE_PREFIX), os.O_CREAT | os.O_EXCL, 0o600))


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    has_pool = find_spec("psycopg_pool") is not None
    if has_pool:
        options["pool"] = {"min_size": 1, "max_size": 10}
    options.setdefault("options", f"-c idle_in_transaction_session_timeout={STANDS_STILL}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # Django refuses persistent connections beside a pool: the pool is what persists
        "CONN_MAX_AGE": 0 if has_pool else 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
