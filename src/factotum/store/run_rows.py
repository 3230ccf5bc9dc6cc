"""How a journal is written: three ``executemany`` past the ORM, which is what it costs a run.

Rows are put with ``INSERT … ON CONFLICT … DO UPDATE``, which SQLite and PostgreSQL write alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from django.db import connection, models

from factotum.records.values import UNKEPT
from factotum.runs.ports import EffectRow, Run, Step
from factotum.store import models as tables
from factotum.store.models.json_text import JsonText, dumps

Row = tuple[Any, ...]

IS_SHARED = "COALESCE((SELECT owner_context = 'app' FROM store_bot WHERE id = %s), FALSE)"


def put_runs(runs: Iterable[Run]) -> None:
    """Runs as they are now; whether their bot is the app's is settled when they are first seen."""
    _execute(PUT_RUN, [(*RUN.row(run), run.bot_id) for run in runs])


def put_steps(steps: Iterable[tuple[str, Step]]) -> None:
    """(run id, step) pairs."""
    _execute(PUT_STEP, [(run_id, *STEP.row(step)) for run_id, step in steps])


def put_effects(effects: Iterable[EffectRow]) -> None:
    """Effects as they are now."""
    _execute(PUT_EFFECT, [EFFECT.row(effect) for effect in effects])


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

    def row(self, value: Any) -> Row:
        """The columns of one value; text as both databases can keep it."""
        row = list(self._read(value))
        for number in self._json:
            row[number] = _json(row[number])
        if UNKEPT.search("".join(item for item in row if isinstance(item, str))):
            row = [UNKEPT.sub("\ufffd", item) if isinstance(item, str) else item for item in row]
        return tuple(row)


def _json(value: Any) -> str:
    """A journal is written whatever a script has made."""
    try:
        return dumps(value)
    except (TypeError, ValueError, RecursionError):
        return dumps({"not_kept": "It holds itself, or is nested too deeply."})


def _statement(table: str, key: list[str], columns: list[str], **computed: str) -> str:
    values = [*(["%s"] * len(columns)), *computed.values()]
    changes = [f"{name} = excluded.{name}" for name in columns if name not in key]
    return (
        f"INSERT INTO {table} ({', '.join([*columns, *computed])}) "  # noqa: S608  names of ours
        f"VALUES ({', '.join(values)}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(changes)}"
    )


def _execute(statement: str, rows: list[Row]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)


RUN = _Shape(tables.Run, Run)
STEP = _Shape(tables.RunStep, Step)
EFFECT = _Shape(tables.Effect, EffectRow)

PUT_RUN = _statement("store_run", ["id"], RUN.names, is_shared=IS_SHARED)
PUT_STEP = _statement("store_runstep", ["run_id", "number"], ["run_id", *STEP.names])
PUT_EFFECT = _statement("store_effect", ["key"], EFFECT.names)
