"""Stored runs by the million: a few real ones, copied by the database itself.

    python -m benchmarks.filling COUNT     (into the database that the settings name)

Some runs of one request are walked, attended and durable, and then copied with all that is kept of
them, the engine's records included, so each is as large as a real one. Half are durable, one in fifty
failed, one in ten has sent something unsafe. They lie over 30 days, the last an hour ago.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import time
from typing import Any

from benchmarks.package import ONE
from benchmarks.walking import behavior_of, submit

REAL = 8  # of each kind
BATCH = 20_000  # to a transaction
DAYS = 30
HUGE = 20_000  # steps of the oldest
MS, SECONDS = "({start}+n*{step})", "({start}+n*{step})/1000.0"

RUNS = {
    "store_run": {
        "id": "{id}",
        "started_at": SECONDS,
        "ended_at": SECONDS,
        "status": "CASE WHEN n % 50 = 0 THEN 'failed' ELSE status END",
    },
    "store_runsteps": {"run_id": "{id}"},
    "store_recorded": {"run_id": "{id}"},
}
TASKS = {
    "workflow_status": {
        "workflow_uuid": "{id} || '.1'",
        "created_at": MS,
        "updated_at": MS,
        "completed_at": MS,
    },
    "workflow_input": {"workflow_uuid": "{id} || '.1'", "retention_timestamp": MS},
    "workflow_output": {"workflow_uuid": "{id} || '.1'", "retention_timestamp": MS},
}
"""Tables, and what of a row is another in its copy; ``n`` numbers the copies. The first is the key."""


@dataclass(frozen=True, slots=True)
class Copying:
    """How copies are numbered, dated and named in one database."""

    cursor: Any
    is_sqlite: bool
    start: int
    step: int
    schema: str = ""

    def copy(self, table: str, changed: dict[str, str], keys: Sequence[str], count: int) -> None:
        """So many copies of the rows with these keys, one after the other in turn."""
        key = next(iter(changed))
        columns = self._columns(table)
        values = ", ".join(self._put(changed.get(name, name)) for name in columns)
        turns = ", ".join(f"({number}, '{each}')" for number, each in enumerate(keys) if each)
        for first in range(0, count, BATCH):
            last = min(first + BATCH, count) - 1
            self.cursor.execute(
                f"WITH RECURSIVE numbers(n) AS (SELECT {self._number(first)} UNION ALL "
                f"SELECT n + 1 FROM numbers WHERE n < {last}), turns(turn, copied) AS (VALUES {turns}) "
                f"INSERT INTO {self.schema}{table} ({', '.join(columns)}) SELECT {values} "
                f"FROM numbers JOIN turns ON turn = n % {len(keys)} "
                f"JOIN {self.schema}{table} AS one ON one.{key} = turns.copied"
            )

    def add_effects(self, count: int) -> None:
        """One unsafe request, answered, in every tenth run."""
        effect = {
            "key": "{id} || ':0:1'",
            "run_id": "{id}",
            "path": "'0'",
            "state": "'answered'",
            "method": "'POST'",
            "url": "'https://api.x.com/2/tweets'",
            "host": "'api.x.com'",
            "fingerprint": f"'{'f' * 64}'",
            "intended_at": SECONDS,
            "answered_at": SECONDS,
            "status_code": "201",
            "attempt": "1",
        }
        effect |= dict.fromkeys(("note", "outcome", "said_by", "answer", "idempotency_key"), "''")
        values = ", ".join(self._put(value) for value in effect.values())
        self.cursor.execute(
            f"WITH RECURSIVE numbers(n) AS (SELECT {self._number(0)} UNION ALL "
            f"SELECT n + 10 FROM numbers WHERE n < {count - 10}) "
            f"INSERT INTO store_effect ({', '.join(effect)}) SELECT {values} FROM numbers"
        )

    def _put(self, expression: str) -> str:
        ms = MS.format(start=self.start, step=self.step)
        name = f"lpad(to_hex({ms}), 12, '0') || lpad(to_hex(n), 20, '0')"
        if self.is_sqlite:
            name = f"printf('%012x%020x', {ms}, n)"
        return expression.format(id=f"({name})", start=self.start, step=self.step)

    def _number(self, number: int) -> str:
        return f"CAST({number} AS BIGINT)"

    def _columns(self, table: str) -> list[str]:
        self.cursor.execute(f"SELECT * FROM {self.schema}{table} LIMIT 0")
        return [
            f'"{each[0]}"' if each[0] == "offset" else each[0] for each in self.cursor.description
        ]


def _fill(count: int, attended: Sequence[str], durable: Sequence[str]) -> None:
    from django.db import connection

    is_sqlite = connection.vendor == "sqlite"
    last = int(time() * 1000) - 3_600_000
    step = DAYS * 86_400_000 // count
    start = last - step * count
    turns = [name for pair in zip(attended, durable, strict=True) for name in pair]
    with connection.cursor() as cursor:
        runs = Copying(cursor, is_sqlite, start, step)
        for table, changed in RUNS.items():
            runs.copy(table, changed, turns, count)
        runs.add_effects(count)
    tasks = [name and f"{name}.1" for pair in zip(durable) for name in ("", *pair)]
    with _engine() as cursor:
        copying = Copying(cursor, is_sqlite, start, step, "" if is_sqlite else "dbos.")
        for table, changed in TASKS.items():
            copying.copy(table, changed, tasks, count)
    _make_huge(f"{start:012x}{0:020x}")
    if not is_sqlite:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as PostgreSQL does by itself within minutes,
            cursor.execute("CHECKPOINT")  # and not while the next minute is measured


@contextmanager
def _engine() -> Iterator[Any]:
    """The engine's database: a file beside SQLite's, a schema of PostgreSQL's."""
    import os
    import sqlite3
    from contextlib import closing

    from django.db import connection

    from factotum.config import load
    from factotum.runs.engine import engine_url

    url = engine_url(load(os.environ).database_url)
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            yield cursor
        return
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        yield file.cursor()


def _make_huge(run_id: str) -> None:
    """The oldest has very many steps."""
    from factotum import bootstrap
    from factotum.runs.run import Entry, Step

    store = bootstrap._parts().outside.runs
    run = store.get(run_id)
    step = Step(1, "0.0", "action", "Ask", "ok", run.started_at, 1.5, {"body": "x" * 300})
    for first in range(100, HUGE, 1000):
        steps = [replace(step, number=number) for number in range(first, first + 1000)]
        store.write([Entry(run, [one]) for one in steps])


async def _walked() -> tuple[list[str], list[str]]:
    """The ids of some attended and some durable runs, ended."""
    from factotum import bootstrap
    from factotum.cli.session import ACTOR

    async with bootstrap.running(serving=True):
        parts = bootstrap._parts()
        behavior = await behavior_of(parts, ONE)
        event = {"method": "GET", "query": "q=1"}
        attended = [
            (await parts.app.run_behavior(ACTOR, behavior.id, {}, event=event)).run.id
            for _ in range(REAL)
        ]
        durable = [await submit(parts, behavior) for _ in range(REAL)]
        while (await parts.app.runs(ACTOR, limit=1, show="under-way")).runs:
            await asyncio.sleep(0.1)
    return attended, durable


if __name__ == "__main__":
    _fill(int(sys.argv[1]), *asyncio.run(_walked()))
