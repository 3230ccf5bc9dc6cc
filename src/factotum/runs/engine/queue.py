"""Statements about DBOS's queue, and about who does what, that it has none of its own for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dbos import DBOSClient, EnqueueOptions, _sys_db
from sqlalchemy import func, select, text

from factotum.runs.tasks import Ordered
from factotum.runs.turns import SPREAD

QUEUE = "runs"


def enqueue(client: DBOSClient, ranked: Iterable[tuple[Ordered, int]]) -> None:
    """Put tasks into the queue, in one transaction; those that are known stay as they are."""
    # in one order, so that no two deadlock
    rows = sorted(ranked, key=lambda each: str(each[0].task))
    database = client._sys_db  # noqa: SLF001  it has no public name

    @_sys_db.db_retry(sys_db=database)  # as DBOS does for one: SQLite may be locked
    def put() -> None:
        with database.engine.begin() as connection:
            for each, rank in rows:
                name = str(each.task)
                client.enqueue_in_transaction(connection, _options(each, rank), name, each.order)

    put()


def _options(ordered: Ordered, rank: int) -> EnqueueOptions:
    return {
        "workflow_name": "task",
        "queue_name": QUEUE,
        "workflow_id": str(ordered.task),
        "priority": rank,
        "authenticated_user": ordered.line,
    }


def lines(client: DBOSClient) -> list[tuple[str, int, int]]:
    """What is queued: each line, its lowest and its highest rank, for each priority."""
    database = client._sys_db  # noqa: SLF001  it has no public name
    row = database.tables.workflow_status.c
    columns = (row.authenticated_user, func.min(row.priority), func.max(row.priority))
    by_index = text(
        "status IN ('ENQUEUED', 'PENDING')"
    )  # as the index says it, else SQLite reads all
    queued = select(*columns).where(by_index, row.queue_name == QUEUE, row.status == "ENQUEUED")
    with database.engine.begin() as connection:
        found = connection.execute(queued.group_by(row.authenticated_user, row.priority // SPREAD))
        return [(line or "", low, high) for line, low, high in found]


def lives_under_way(client: DBOSClient) -> Sequence[str]:
    """Who has claimed tasks that are not done."""
    database = client._sys_db  # noqa: SLF001  it has no public name
    table = database.tables.workflow_status
    lives = table.select().with_only_columns(table.c.executor_id).distinct()
    with database.engine.begin() as connection:
        return list(connection.execute(lives.where(table.c.status == "PENDING")).scalars())
