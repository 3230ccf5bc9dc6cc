"""How a journal is written, and a run read: past the ORM, which costs a run more than all the rest.

Rows are put with ``INSERT … VALUES (…), (…) ON CONFLICT … DO UPDATE``, which SQLite and PostgreSQL
write alike. All rows of a table go in one statement: for each statement SQLite gives up Python's lock
and has to wait for it again, and PostgreSQL is asked anew.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db import connection, models

from factotum.records.values import UNKEPT
from factotum.runs.presence import life_of
from factotum.runs.run import EffectRow, Entry, Piece, Run, Step
from factotum.store import models as tables
from factotum.store.models.json_text import JsonText, dumps

Row = tuple[Any, ...]

MOST_PARAMETERS = 32_000  # of one statement; SQLite takes 32,766


def put_runs(entries: Iterable[Entry]) -> None:
    """Runs as they are now; who may see them is settled when they are first written.

    What somebody wants of a run (``stop``) is not the journal's to change, nor after what it went on.
    """
    rows: dict[Statement, list[Row]] = {PUT_RUN: [], ADD_RUN: []}
    for entry in entries:
        statement = ADD_RUN if entry.is_first else PUT_RUN
        rows[statement].append((*RUN.row(entry.run), _is_shared(entry.run)))
    for statement, some in rows.items():
        statement.put(some)


def get_run(run_id: str) -> Run | None:
    """One run as it is now."""
    with connection.cursor() as cursor:
        cursor.execute(GET_RUN, [run_id])
        row = cursor.fetchone()
    return None if row is None else Run(**RUN.values(row))


def _is_shared(run: Run) -> bool:
    """What a bot of the app's did by itself is everybody's; what a person began is that person's."""
    return run.bot_id is not None and run.worker_id is None


def of_the_living(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Without what a process would write of durable runs in a life that others have ended.

    They have taken these runs over, and know better: it stood still and wakes up in the middle of it.
    """
    lives = {each.run.executor for each in entries if each.run.driver == "durable"}
    names = {life.rpartition("~")[0] for life in lives if "~" in life}
    if not names:
        return entries
    with connection.cursor() as cursor:
        cursor.execute(LIVING.format(", ".join(["%s"] * len(names))), [*names])
        living = {life_of(*row) for row in cursor.fetchall()}
    dead = {life for life in lives if "~" in life} - living
    return [each for each in entries if each.run.executor not in dead] if dead else entries


def put_steps(entries: Iterable[Entry]) -> None:
    """The steps of each entry, as one row."""
    rows = [
        (each.run.id, each.steps[0].number, _steps_json(each.steps))
        for each in entries
        if each.steps
    ]
    PUT_STEPS.put(rows)


def steps_of(rows: Iterable[Iterable[Sequence[Any]]]) -> list[Step]:
    """What ``put_steps`` wrote, in order."""
    return sorted((Step(*step) for row in rows for step in row), key=attrgetter("number"))


def put_effects(effects: Iterable[EffectRow]) -> None:
    """Effects as they are now."""
    PUT_EFFECT.put([EFFECT.row(effect) for effect in effects])


def put_recorded(pieces: Iterable[Piece]) -> None:
    """What effects of durable runs returned."""
    PUT_RECORDED.put([_READ_PIECE(piece) for piece in pieces])


def is_to_stop(run_id: str) -> bool:
    """Whether a run is to go no further."""
    with connection.cursor() as cursor:
        cursor.execute(IS_TO_STOP, [run_id])
        return cursor.fetchone() is not None


class _Shape:
    """The columns of a table that a dataclass fills, and which of them hold JSON."""

    def __init__(self, table: type[models.Model], value: type[Any]) -> None:
        self.names = [each.name for each in fields(value)]
        self._read = attrgetter(*self.names)
        self._json = [
            number
            for number, name in enumerate(self.names)
            if isinstance(table._meta.get_field(name), JsonText)
        ]

    def values(self, row: Row) -> dict[str, Any]:
        """What ``row`` wrote, by name."""
        values = dict(zip(self.names, row, strict=True))
        for number in self._json:
            values[self.names[number]] = json.loads(row[number])
        return values

    def row(self, value: Any) -> Row:
        """The columns of one value; text as both databases can keep it."""
        row = list(self._read(value))
        for number in self._json:
            row[number] = _json(row[number])
        if UNKEPT.search("".join(item for item in row if isinstance(item, str))):
            row = [UNKEPT.sub("\ufffd", item) if isinstance(item, str) else item for item in row]
        return tuple(row)


def _steps_json(steps: Sequence[Step]) -> str:
    rows = [_step_row(step) for step in steps]
    try:
        return dumps(rows)
    except (TypeError, ValueError, RecursionError):  # of one of them, which costs only its data
        return dumps([[*row[:-1], json.loads(_json(row[-1]))] for row in rows])


def _step_row(step: Step) -> list[Any]:
    row = list(_READ_STEP(step))
    row[_TITLE] = UNKEPT.sub("\ufffd", step.title)
    return row


def _json(value: Any) -> str:
    """A journal is written whatever a script has made."""
    try:
        return dumps(value)
    except (TypeError, ValueError, RecursionError):
        return dumps({"not_kept": "It holds itself, or is nested too deeply."})


@dataclass(frozen=True, slots=True)
class Statement:
    """Puts rows into a table, the first ``keys`` columns being its key."""

    table: str
    columns: tuple[str, ...]
    keys: int = 1
    conflict: str = "NOTHING"

    @classmethod
    def add(cls, table: str, columns: Sequence[str]) -> Statement:
        """Insert what is not there."""
        return cls(table, tuple(columns))

    @classmethod
    def change(
        cls,
        table: str,
        columns: Sequence[str],
        *,
        keys: int = 1,
        kept: Sequence[str] = (),
        where: str = "",
    ) -> Statement:
        """Insert a row, or change all but its key and what is ``kept``, if ``where`` holds for it."""
        changed = [name for name in columns[keys:] if name not in kept]
        changes = ", ".join(f"{name} = excluded.{name}" for name in changed)
        condition = f" WHERE {where}" if where else ""
        return cls(table, tuple(columns), keys, f"UPDATE SET {changes}{condition}")

    def put(self, rows: Iterable[Row]) -> None:
        """All rows, those with the same key one after the other."""
        most = MOST_PARAMETERS // len(self.columns)
        for some in self._apart(rows):
            for start in range(0, len(some), most):
                self._put(some[start : start + most])

    def _apart(self, rows: Iterable[Row]) -> list[list[Row]]:
        """One statement may change a row once: the second time that a key comes is in the second list."""
        apart: list[list[Row]] = []
        times: Counter[Row] = Counter()
        for row in rows:
            key = row[: self.keys]
            if times[key] == len(apart):
                apart.append([])
            apart[times[key]].append(row)
            times[key] += 1
        return apart

    def _put(self, rows: Sequence[Row]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_text(self, len(rows)), list(chain.from_iterable(rows)))


@lru_cache(maxsize=256)
def _text(statement: Statement, rows: int) -> str:
    one = f"({', '.join(['%s'] * len(statement.columns))})"
    key = ", ".join(statement.columns[: statement.keys])
    return (
        f"INSERT INTO {statement.table} ({', '.join(statement.columns)}) "  # noqa: S608  names of ours
        f"VALUES {', '.join([one] * rows)} ON CONFLICT ({key}) DO {statement.conflict}"
    )


_STEP = [each.name for each in fields(Step)]
_READ_STEP = attrgetter(*_STEP)
_TITLE = _STEP.index("title")

PIECE = [each.name for each in fields(Piece)]
_READ_PIECE = attrgetter(*PIECE)

RUN = _Shape(tables.Run, Run)
EFFECT = _Shape(tables.Effect, EffectRow)

RUN_COLUMNS = [*RUN.names, "is_shared"]
# what is written late, after the database was away, does not undo what a later task has done since
PUT_RUN = Statement.change(
    "store_run",
    RUN_COLUMNS,
    kept=("is_shared", "stop", "went_on"),
    where="store_run.task <= excluded.task",
)
LIVING = "SELECT id, entered FROM store_executor WHERE NOT is_dead AND id IN ({})"
ADD_RUN = Statement.add("store_run", RUN_COLUMNS)
PUT_STEPS = Statement.change("store_runsteps", ["run_id", "first", "steps"], keys=2)
# what was said of it stands, whatever a walk that did not know of it writes
PUT_EFFECT = Statement.change("store_effect", EFFECT.names, where="store_effect.state <> 'settled'")
PUT_RECORDED = Statement.change("store_recorded", PIECE, keys=3)
IS_TO_STOP = "SELECT 1 FROM store_run WHERE id = %s AND stop <> ''"
GET_RUN = f"SELECT {', '.join(RUN.names)} FROM store_run WHERE id = %s"  # noqa: S608  names of ours
