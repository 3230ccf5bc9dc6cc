"""Old runs are deleted by a process of its own, while attended runs go on.

python -m benchmarks.forgetting KEPT     (in the database that the settings name)
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from statistics import median
from time import perf_counter

from benchmarks.asking import Served
from benchmarks.filling import HUGE
from benchmarks.installation import Installation
from benchmarks.load import Round, measure
from benchmarks.processes import environment

AT_ONCE = 8


def beside(full: Served, installation: Installation, kept: int, seconds: float) -> None:
    """Measure and print what callers notice, and how long the longest piece was."""
    before = [measure(full.webhook, AT_ONCE, 1.0) for _ in range(int(seconds) + 2)]
    deleting = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.forgetting", str(kept)],
        env=environment(installation.settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    if deleting.stdout is None or deleting.stdout.readline() != "begun\n":
        raise SystemExit("Deleting did not begin.")
    meanwhile: list[Round] = []
    while deleting.poll() is None:
        meanwhile.append(measure(full.webhook, AT_ONCE, 1.0))
    count, took, longest = deleting.stdout.read().split()
    print(
        f"\n  {int(count):,} runs deleted, the first with {HUGE:,} steps: {took}/s; longest piece, "
    )
    print(f"  its own wait included, {longest} ms")
    _told(before, meanwhile)


def _told(before: list[Round], meanwhile: list[Round]) -> None:
    print(f"  {'attended meanwhile':34}{'before':>12}{'beside':>12}{'ratio':>9}")
    rates = [median(each.rate for each in rounds) for rounds in (before, meanwhile)]
    print(f"  {'  runs':34}{rates[0]:>9.1f}/s {rates[1]:>9.1f}/s {rates[1] / rates[0]:>9.0%}")
    for name, share, of in (("p50", 0.5, median), ("p99", 0.99, median), ("longest", 1.0, max)):
        ms = [of(each.percentile(share) for each in rounds) for rounds in (before, meanwhile)]
        print(
            f"  {f'  {name}':34}{ms[0]:>9.1f} ms{ms[1]:>9.1f} ms{ms[1] / ms[0]:>9.0%}", flush=True
        )


async def _forget(kept: int) -> None:
    """Prints that it has begun; then how many runs went, runs per second, and the longest piece in ms."""
    from factotum import bootstrap

    parts = bootstrap._parts()
    from factotum.bootstrap.outside import now
    from factotum.store.run_retention import StoredOldRuns
    from factotum.usecases.retention import Retention

    pieces: list[float] = []

    class Timed(StoredOldRuns):
        def forget_part(self, run_ids, rows):
            began = perf_counter()
            try:
                return super().forget_part(run_ids, rows)
            finally:
                pieces.append(perf_counter() - began)

    async with bootstrap.running():
        retention = Retention(
            runs=Timed(),
            engine=parts.background.durable._engine,
            days=3650,
            most=kept,
            threads=parts.outside.threads,
            clock=now,
        )
        print("begun", flush=True)
        began = perf_counter()
        count = await retention.once()
        print(count, round(count / (perf_counter() - began)), round(max(pieces) * 1000))


if __name__ == "__main__":
    asyncio.run(_forget(int(sys.argv[1])))
