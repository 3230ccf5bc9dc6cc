"""What durable runs have changed here: fulfils ``runs.once.DoneChanges``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction

from factotum.store.models import DoneChange


class StoredDoneChanges:
    """A row a change, until its run goes away."""

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing."""
        return transaction.atomic()

    def result(self, run_id: str, path: str) -> Any:
        """``{"result": …}`` of a change that was made, or None."""
        rows = DoneChange.objects.filter(run_id=run_id, path=path)
        return rows.values_list("result", flat=True).first()

    def keep(self, run_id: str, path: str, result: Any) -> None:
        """It was made; IntegrityError, which undoes the change, where another was quicker."""
        DoneChange.objects.create(run_id=run_id, path=path, result=result)
