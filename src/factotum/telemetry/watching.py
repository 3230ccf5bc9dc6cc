"""Watches runs being walked: fulfils ``runs.watching.Watcher``."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from factotum.runs.context import RunContext
from factotum.telemetry.meters import Meters

if TYPE_CHECKING:
    from factotum.telemetry.spans import Spans

_NOTHING = nullcontext()


class Watching:
    """Counts every run that begins; makes spans where they are wanted."""

    def __init__(self, meters: Meters, spans: Spans | None) -> None:
        self._meters = meters
        self._spans = spans

    def walking(
        self, context: RunContext, *, is_again: bool = False, caller: str = ""
    ) -> AbstractContextManager[None]:
        """Around a walk."""
        if not is_again:
            self._meters.started[context.journal.run.driver].inc()
        if self._spans is None:
            return _NOTHING
        return self._spans.walking(context, caller)

    def caller(self) -> str:
        """The ``traceparent`` of whoever calls now."""
        return "" if self._spans is None else self._spans.caller()
