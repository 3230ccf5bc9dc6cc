"""Database addresses become Django settings, and SQLite keeps what it committed."""

import pytest
from django.db import connection

from factotum.store.database import settings_for


def test_postgresql_with_everything_in_its_address():
    settings = settings_for("postgresql://ada:p%40ss@db.example.com:5433/bots?sslmode=require")

    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert (settings["USER"], settings["PASSWORD"]) == ("ada", "p@ss")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == (
        "db.example.com",
        "5433",
        "bots",
    )
    assert settings["OPTIONS"]["sslmode"] == "require"


def test_postgresql_by_a_socket():
    settings = settings_for("postgresql://postgres:@/postgres?host=/run/postgresql")

    assert (settings["HOST"], settings["PORT"]) == ("/run/postgresql", "")


def test_sqlite_is_a_file():
    assert settings_for("sqlite:////data/factotum.sqlite3")["NAME"] == "/data/factotum.sqlite3"


@pytest.mark.django_db
def test_sqlite_commits_to_the_disk_and_readers_do_not_wait():
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql"
        return
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert cursor.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
        assert cursor.execute("PRAGMA foreign_keys").fetchone()[0] == 1


@pytest.mark.django_db
def test_no_migration_is_missing():
    from django.core.management import call_command

    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)
