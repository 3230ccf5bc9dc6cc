"""A database that cannot be used now is told from a statement that no database would take."""

import sqlite3
from contextlib import closing

import psycopg
import pytest
from psycopg import errors

from factotum.core.database_trouble import store_away


def raised(connection, statement):
    with pytest.raises(sqlite3.Error) as caught:
        connection.execute(statement)
    return caught.value


@pytest.fixture
def connection(tmp_path):
    with closing(sqlite3.connect(tmp_path / "one.sqlite3", timeout=0)) as connection:
        connection.execute("CREATE TABLE bots (name TEXT UNIQUE)")
        connection.commit()
        yield connection


def test_a_full_disk_says_so(connection):
    connection.execute("PRAGMA max_page_count = 3")
    error = raised(connection, "INSERT INTO bots SELECT zeroblob(100000)")

    assert store_away(error).code == "disk-full"


def test_a_database_that_another_holds_is_away(connection, tmp_path):
    with closing(sqlite3.connect(tmp_path / "one.sqlite3")) as other:
        other.execute("BEGIN EXCLUSIVE")
        error = raised(connection, "INSERT INTO bots VALUES ('Ada')")

    assert store_away(error).code == "database-away"


def test_a_folder_that_is_gone_is_away(tmp_path):
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(tmp_path / "gone" / "one.sqlite3")

    assert store_away(caught.value).code == "database-away"


def test_a_wrong_statement_is_no_trouble_of_the_database(connection):
    connection.execute("INSERT INTO bots VALUES ('Ada')")

    assert store_away(raised(connection, "SELECT * FROM teapots")) is None
    assert store_away(raised(connection, "INSERT INTO bots VALUES ('Ada')")) is None
    assert store_away(ValueError("no")) is None
    assert store_away(None) is None


def test_a_server_that_nobody_reaches_is_away(tmp_path):
    with pytest.raises(psycopg.Error) as caught:
        psycopg.connect(host=str(tmp_path), dbname="none")

    assert store_away(caught.value).code == "database-away"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.AdminShutdown(), "database-away"),
        (errors.CrashShutdown(), "database-away"),
        (errors.CannotConnectNow(), "database-away"),
        (errors.TooManyConnections(), "database-away"),
        (errors.DeadlockDetected(), "database-away"),
        (errors.ConnectionFailure(), "database-away"),
        (errors.InterfaceError("the connection is closed"), "database-away"),
        (errors.DiskFull(), "disk-full"),
        (errors.QueryCanceled(), None),
        (errors.UniqueViolation(), None),
        (errors.UndefinedTable(), None),
        (errors.StatementTooComplex(), None),
    ],
)
def test_what_a_server_says_tells_which(error, code):
    away = store_away(error)

    assert (away.code if away else None) == code
