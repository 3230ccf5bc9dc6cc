"""DBOS alone, with empty steps: what durable runs stand beside.

python -m benchmarks.bare_dbos URL RUNS STEPS     (prints runs per second)
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys

from benchmarks.processes import environment
from benchmarks.rates import rate_of

WARM_UP = 32  # runs


def rate(url: str, runs: int, steps: int) -> float:
    """Runs per second of a workflow of so many empty steps, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.bare_dbos", url, str(runs), str(steps)]
    done = subprocess.run(
        command, env=environment({}), check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout.split()[-1])


async def _rate(url: str, runs: int, steps: int) -> float:
    from dbos import DBOS, DBOSClient

    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    done = 0

    @DBOS.workflow(name="bare")
    async def bare(number: int) -> None:
        nonlocal done

        async def step() -> int:
            return number

        for count in range(steps):
            await DBOS.run_step_async({"name": f"step {count}"}, step)
        done += 1

    DBOS(
        config={
            "name": "bare",
            "system_database_url": url,
            "log_level": "ERROR",
            "max_executor_threads": 8,
        }
    )
    DBOS.launch()
    await DBOS.register_queue_async("bare", worker_concurrency=32, polling_interval_sec=0.05)
    client = await asyncio.to_thread(DBOSClient, system_database_url=url, application_name="bare")

    async def submit(number: int) -> None:
        await client.enqueue_async({"workflow_name": "bare", "queue_name": "bare"}, number)

    async def ended() -> int:
        return done

    await rate_of(WARM_UP, submit, ended)
    done = 0
    found = await rate_of(runs, submit, ended)
    await asyncio.to_thread(client.destroy)
    await asyncio.to_thread(DBOS.destroy)
    return found


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    print(asyncio.run(_rate(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
