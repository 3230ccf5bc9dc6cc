"""A database for an installation: a file of its own, or where tests run on PostgreSQL one in there."""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

IS_POSTGRESQL = os.environ.get("FACTOTUM_TEST_DATABASE") == "postgresql"
SERVER = os.environ.get("FACTOTUM_TEST_DATABASE_URL", "")


def new_database(like: str = "template1") -> dict[str, str]:
    """The setting that names an empty database, or one as that with this name; none for a file."""
    if not IS_POSTGRESQL:
        return {}
    name = f"test_{uuid4().hex}"
    _tell(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    atexit.register(_tell, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    return {"DATABASE_URL": urlsplit(SERVER)._replace(path=f"/{name}").geturl()}


def another_like(environ: Mapping[str, str]) -> dict[str, str]:
    """The same for a copy of an installation's, to which nobody is connected."""
    url = environ.get("FACTOTUM_DATABASE_URL", "")
    return new_database(urlsplit(url).path.lstrip("/")) if url else {}


def _tell(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)
