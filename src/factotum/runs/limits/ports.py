"""What limits need kept; ``store/`` fulfils it. Synchronous, like every store (see ``core.ports``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from factotum.runs.limits.windows import Use, Window


@dataclass(frozen=True, slots=True)
class News:
    """What was written since a look before; ``mark`` is for the next look."""

    windows: Sequence[Window]
    uses: Sequence[Use]
    mark: float


class LimitStore(Protocol):
    """Windows of all accounts, shared by all workers."""

    def exchange(self, windows: Sequence[Window], uses: Sequence[Use], mark: float) -> News:
        """Put these to what is there (as ``windows.newer`` does; uses are added), and say what is new.

        ``mark`` 0 gives every window that has not ended.
        """

    def of(self, scope: str, scope_id: int) -> Sequence[Window]:
        """The windows of one account or app that have not ended long ago."""
