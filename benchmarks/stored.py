"""What a full database costs: the same product with many stored runs beside an empty one.

    python -m benchmarks.stored [--stored 100000] [--database sqlite|postgresql|both]
                                [--seconds 2] [--rounds 5] [--runs 150]

On each database, rounds alternating between the empty and the full one: durable runs of one and of three
requests, walked by one process and by two (PostgreSQL), attended runs, pages of the run list. Then the
oldest are deleted while attended runs go on.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks import forgetting
from benchmarks.asking import served
from benchmarks.durable import STEPS, WARM_UP
from benchmarks.installation import DATABASES, Installation, installed
from benchmarks.load import measure
from benchmarks.package import ONE
from benchmarks.processes import free_port, running

AT_ONCE = 8
MOST_DELETED = 5_000
PAGES = {
    "page of the run list": "/runs",
    "the same by the API, 50 runs": "/api/v1/runs",
    "runs that failed": "/runs?show=failed",
    "runs of one behavior": "/runs?behavior=1",
    "runs of unknown outcome": "/runs?show=unknown",
    "metrics": "/metrics",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """An empty installation and a full one."""

    database: str
    empty: Installation
    full: Installation

    @property
    def both(self) -> tuple[Installation, Installation]:
        return self.empty, self.full


def run(
    stored: int = 100_000,
    seconds: float = 2.0,
    rounds: int = 5,
    runs: int = 150,
    databases: tuple[str, ...] = DATABASES,
) -> None:
    """Measure and print."""
    for database in databases:
        with ExitStack() as stack:
            pair = _pair(stack, database, stored)
            print(f"  {'':34}{'empty':>12}{f'{stored:,}':>12}{'ratio':>9}", flush=True)
            _durable(pair, rounds, runs)
            _served(pair, stored, seconds, rounds)


def _pair(stack: ExitStack, database: str, stored: int) -> Pair:
    port = free_port()
    stack.enter_context(running(["-m", "benchmarks.upstream", str(port)], port))
    folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in ("empty", "full")]
    upstream = f"http://127.0.0.1:{port}"
    empty, full = (stack.enter_context(installed(each, database, upstream)) for each in folders)
    began = perf_counter()
    full.here("benchmarks.filling", str(stored))
    took = perf_counter() - began
    size = sum(each.stat().st_size for each in folders[1].rglob("*") if each.is_file())
    print(f"{database}: {stored:,} runs stored, {size / 1e6:,.0f} MB of files, in {took:.0f} s")
    return Pair(database, empty, full)


def _durable(pair: Pair, rounds: int, runs: int) -> None:
    with ExitStack() as stack:
        walkers = [stack.enter_context(each.walking()) for each in pair.both]
        for processes in (1, 2) if pair.database == "postgresql" else (1,):
            if processes == 2:
                for each in pair.both:
                    stack.enter_context(each.worker())
            for walker in walkers:
                walker.rate(WARM_UP, ONE)
            for steps, title in STEPS.items():
                rates = [[one.rate(runs, title) for one in walkers] for _ in range(rounds)]
                _row(f"durable, {steps} requests, {processes} processes", rates, "/s")


def _served(pair: Pair, stored: int, seconds: float, rounds: int) -> None:
    with ExitStack() as stack:
        both = [stack.enter_context(served(each)) for each in pair.both]
        for one in both:
            measure(one.webhook, AT_ONCE, 1.0)
        attended = [[measure(one.webhook, AT_ONCE, seconds) for one in both] for _ in range(rounds)]
        _row("attended runs", [[each.rate for each in each_pair] for each_pair in attended], "/s")
        for name, path in PAGES.items():
            times = [[one.page(path) for one in both] for _ in range(rounds * 6)]
            _row(name, times, " ms")
        kept = stored - min(stored // 2, MOST_DELETED)
        forgetting.beside(both[1], pair.full, kept, seconds)


def _row(name: str, pairs: Sequence[Sequence[float]], unit: str) -> None:
    empty, full = (median(pair[number] for pair in pairs) for number in (0, 1))
    print(f"  {name:34}{empty:>9.1f}{unit:3}{full:>9.1f}{unit:3}{full / empty:>9.0%}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--stored", type=int, default=100_000)
    arguments.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    arguments.add_argument("--seconds", type=float, default=2.0, help="of each round")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--runs", type=int, default=150, help="durable runs of each round")
    given = arguments.parse_args()
    databases = DATABASES if given.database == "both" else (given.database,)
    run(given.stored, given.seconds, given.rounds, given.runs, databases)


if __name__ == "__main__":
    main()
