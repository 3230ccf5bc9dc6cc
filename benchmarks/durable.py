"""Durable runs of one and of three requests, walked by one and by two processes, beside bare DBOS.

    python -m benchmarks.durable [--runs 200] [--rounds 3] [--database sqlite|postgresql|both]

On a new database of each kind. A step is a signed request to an upstream on loopback, with its journal;
one of the bare workflow's returns a number. On SQLite one process walks all runs, so two are measured on
PostgreSQL only: the process that submits and walks, and a ``factotum worker``.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks import bare_dbos
from benchmarks.installation import DATABASES, Walker, installed, postgresql
from benchmarks.package import ONE, THREE
from benchmarks.processes import free_port, running

STEPS = {1: ONE, 3: THREE}
WARM_UP = 32  # runs

Rates = dict[int, list[float]]
"""Runs per second of each round, by steps."""


def run(runs: int = 200, rounds: int = 3, databases: tuple[str, ...] = DATABASES) -> None:
    """Measure and print the table."""
    for database in databases:
        with tempfile.TemporaryDirectory() as folder:
            _compare(Path(folder), database, runs, rounds)


def _compare(folder: Path, database: str, runs: int, rounds: int) -> None:
    port = free_port()
    bare: Rates = {steps: [] for steps in STEPS}
    ours: dict[int, Rates] = {}
    with ExitStack() as stack:
        stack.enter_context(running(["-m", "benchmarks.upstream", str(port)], port))
        upstream = f"http://127.0.0.1:{port}"
        installation = stack.enter_context(installed(folder, database, upstream))
        walker = stack.enter_context(installation.walking())
        ours[1] = _measure(walker, runs, rounds, lambda steps: _bare(database, runs, steps), bare)
        if database == "postgresql":
            stack.enter_context(installation.worker())
            ours[2] = _measure(walker, runs, rounds)
    for steps in STEPS:
        beside = median(bare[steps])
        _row(database, f"DBOS, {steps} empty", 1, beside, beside)
        for processes, rates in ours.items():
            _row(database, f"factotum, {steps} requests", processes, median(rates[steps]), beside)


def _measure(
    walker: Walker,
    runs: int,
    rounds: int,
    bare: Callable[[int], float] | None = None,
    beside: Rates | None = None,
) -> Rates:
    """Runs per second by steps; in each round after the bare ones, which stand beside."""
    rates: Rates = {steps: [] for steps in STEPS}
    walker.rate(WARM_UP, ONE)
    for _ in range(rounds):
        for steps, title in STEPS.items():
            if bare is not None and beside is not None:
                beside[steps].append(bare(steps))
            rates[steps].append(walker.rate(runs, title))
    return rates


def _bare(database: str, runs: int, steps: int) -> float:
    with tempfile.TemporaryDirectory() as new:
        if database == "sqlite":
            return bare_dbos.rate(f"sqlite:///{new}/bare.sqlite3", runs, steps)
        with postgresql(Path(new)) as url:
            return bare_dbos.rate(url.replace("postgresql:", "postgresql+psycopg:"), runs, steps)


def _row(database: str, what: str, processes: int, rate: float, bare: float) -> None:
    noun = "process" if processes == 1 else "processes"
    print(
        f"  {database:12}{what:22}{processes} {noun:10}{rate:>7.0f}/s{rate / bare:>7.0%}",
        flush=True,
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--runs", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    given = arguments.parse_args()
    databases = DATABASES if given.database == "both" else (given.database,)
    run(given.runs, given.rounds, databases)


if __name__ == "__main__":
    main()
