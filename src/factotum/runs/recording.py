"""What a durable run's effects returned, kept with its journal: the walk is given it again.

It goes to the disk in pieces, each with the journal's entry that tells of the same effects, so that both
are there or neither is. Pieces are sealed: answers of services may hold anything.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping

from factotum.runs.ports import Sealer
from factotum.runs.run import Piece, Recorded


class Recording:
    """One task's; ``number`` counts what the whole run has recorded before."""

    def __init__(self, run_id: str, task: int, number: int, sealer: Sealer) -> None:
        self._run_id = run_id
        self._task = task
        self._first = number
        self._sealer = sealer
        self._new: list[Recorded] = []

    def add(self, recorded: Recorded) -> None:
        """It reaches the disk with the journal's next entry."""
        self._new.append(recorded)

    @property
    def is_new(self) -> bool:
        """Whether something was added since the last piece."""
        return bool(self._new)

    def piece(self) -> Piece | None:
        """What was added since the last piece; None for nothing."""
        if not self._new:
            return None
        rows = [[each.name, each.value] for each in self._new]
        clear = json.dumps(rows, separators=(",", ":"), default=str).encode()
        sealed = base64.b64encode(self._sealer.seal(clear)).decode("ascii")
        piece = Piece(self._run_id, self._task, self._first, sealed)
        self._first += len(self._new)
        self._new = []
        return piece


def opened(pieces: Iterable[Piece], sealer: Sealer) -> Mapping[int, Mapping[int, Recorded]]:
    """What was recorded: by task, by number."""
    found: dict[int, dict[int, Recorded]] = {}
    for piece in pieces:
        rows = json.loads(sealer.unseal(base64.b64decode(piece.sealed)))
        numbered = enumerate((Recorded(*row) for row in rows), piece.first)
        found.setdefault(piece.task, {}).update(numbered)
    return found


def joined(earlier: list[Recorded], task: Mapping[int, Recorded]) -> list[Recorded]:
    """What was recorded before a task, and in it, up to the first that never reached the disk.

    >>> one, three = Recorded("1 GetKey", ""), Recorded("3 GetKey", "")
    >>> [each.name for each in joined([], {0: one, 2: three})]
    ['1 GetKey']
    """
    whole = list(earlier)
    while (each := task.get(len(whole))) is not None:
        whole.append(each)
    return whole
