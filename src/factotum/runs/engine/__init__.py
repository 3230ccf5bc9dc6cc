"""The durable engine: DBOS Transact behind ``runs.tasks.DurableEngine``. Only this package knows DBOS.

A *task* is one piece of a run between two waits: ``<run id>.<number>``, a workflow of DBOS's with that
id, so a task submitted twice is one task, and one that a dead process has left is done anew. What its
effects returned is not DBOS's to keep, but goes with the run's journal (``runs.recording``). DBOS has a
database of its own: a file beside SQLite's, a schema of PostgreSQL's.

Known of DBOS 3.4 and lived with: SQLite has to be set to WAL once; a dead process's tasks stay where
they are until somebody names it (``take_over``).
"""

from factotum.runs.engine.database import engine_url
from factotum.runs.engine.engine import Engine

__all__ = ["Engine", "engine_url"]
