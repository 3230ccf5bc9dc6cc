"""Brings the database to this version, and tells whether it is there."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from factotum.core.errors import Refused

OURS = "store"


def migrate() -> list[str]:
    """The migrations that were applied, ``store.0001_initial``; Refused without a database."""
    before = _applied()
    call_command("migrate", interactive=False, verbosity=0)
    return sorted(".".join(key) for key in _applied() - before)


def is_new() -> bool:
    """Whether nothing was ever applied. Refused for a database of another version."""
    applied = {name for app, name in _applied() if app == OURS}
    known = {file.stem for file in (Path(__file__).parent / "migrations").glob("[0-9]*.py")}
    if not applied:
        return True
    if applied < known:
        raise Refused(
            "The database is of an older version of Factotum. Stop the server, keep a copy of the "
            "database and run: factotum migrate",
            code="database-older",
        )
    if applied - known:
        raise Refused(
            "The database is of a newer version of Factotum than this. Use that version.",
            code="database-newer",
        )
    return False


def _applied() -> set[tuple[str, str]]:
    try:
        return set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError as error:
        reason = str(error).strip().partition("\n")[0]
        raise Refused(
            f"The database cannot be used: {reason}. Check FACTOTUM_DATABASE_URL and FACTOTUM_DATA.",
            code="no-database",
        ) from error
