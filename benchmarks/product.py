"""The product as ``factotum serve`` starts it, with one webhook whose behavior relays the upstream.

python -m benchmarks.product URL [SCHEDULES]     (fills the database that the settings name)
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.installation import installed
from benchmarks.package import GUID, package
from benchmarks.processes import free_port, running

from factotum import preparation
from factotum.cli.session import ACTOR, ask


@dataclass(frozen=True, slots=True)
class Product:
    """A running one."""

    pid: int
    url: str
    webhook: str


@contextmanager
def serving(folder: Path, upstream: str, processes: int = 1) -> Iterator[Product]:
    """The product until the block ends; its data in that folder."""
    with installed(folder, "sqlite", upstream) as installation:
        port, settings = free_port(), installation.settings
        command = ["-m", "factotum", "serve", "--port", str(port), "--processes", str(processes)]
        with running(command, port, settings) as pid:
            url = f"http://127.0.0.1:{port}"
            yield Product(pid, url, f"{url}/webhooks/{GUID}?q=1")


def _fill(url: str, schedules: int) -> None:
    preparation.migrate()
    result = ask(lambda app: app.import_package(ACTOR, package(url, schedules)))
    if result.status != "imported":
        raise SystemExit(f"The package was not imported: {result}")


if __name__ == "__main__":
    _fill(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else 0)
