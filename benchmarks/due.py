"""Many schedules due at one moment, beside as many runs that are only submitted.

    python -m benchmarks.due [--schedules 1000] [--rounds 1] [--database sqlite|postgresql|both]

Each schedule is a behavior of its own that sends one signed request; the same process looks for what is
due, submits it and walks it. Beside it the same process submits as many runs of one such behavior.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.installation import DATABASES, Installation, installed
from benchmarks.package import ONE
from benchmarks.processes import free_port, running


def run(schedules: int = 1000, rounds: int = 1, databases: tuple[str, ...] = DATABASES) -> None:
    """Measure and print the table."""
    port = free_port()
    with running(["-m", "benchmarks.upstream", str(port)], port):
        for database in databases:
            with (
                tempfile.TemporaryDirectory() as folder,
                installed(Path(folder), database, f"http://127.0.0.1:{port}", schedules) as one,
            ):
                _measure(one, database, schedules, rounds)


def _measure(installation: Installation, database: str, schedules: int, rounds: int) -> None:
    bare, due = [], []
    with installation.walking() as walker:
        walker.rate(32, ONE)
        for _ in range(rounds):
            bare.append(schedules / walker.rate(schedules, ONE))
            due.append(walker.due(schedules))
    last = median(each["ended"][2] for each in due)
    print(f"{database}: {schedules:,} schedules due at once")
    print(f"  only submitted, until the last has ended {median(bare):>8.2f} s   100%")
    print(f"  due, until the last has ended            {last:>8.2f} s{last / median(bare):>7.0%}")
    print(f"  {'after the moment':20}{'first':>10}{'median':>10}{'last':>10}")
    for name in ("queued", "ended"):
        first, half, last = (median(each[name][number] for each in due) for number in range(3))
        print(f"  {name:20}{first:>8.2f} s{half:>8.2f} s{last:>8.2f} s", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--schedules", type=int, default=1000)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    given = arguments.parse_args()
    databases = DATABASES if given.database == "both" else (given.database,)
    run(given.schedules, given.rounds, databases)


if __name__ == "__main__":
    main()
