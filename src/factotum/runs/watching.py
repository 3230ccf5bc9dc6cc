"""Who watches runs being walked: a port, fulfilled by ``telemetry``. It never changes what a run does."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from factotum.runs.context import RunContext


class Watcher(Protocol):
    """Is told when a run is walked. What it costs is paid by every run: microseconds."""

    def walking(
        self, context: RunContext, *, is_again: bool = False, caller: str = ""
    ) -> AbstractContextManager[None]:
        """Around a walk, whatever becomes of it; how it stands then is in ``context.journal.run``.

        ``is_again`` where the run was walked before; ``caller`` is what ``caller()`` gave where the
        run was wanted, else it is whoever calls now.
        """

    def caller(self) -> str:
        """What calls now, as a W3C ``traceparent``; "" where nobody watches or nothing was said."""


class Nobody:
    """Nobody watches."""

    def walking(
        self, context: RunContext, *, is_again: bool = False, caller: str = ""
    ) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()

    def caller(self) -> str:
        """Nothing."""
        return ""
