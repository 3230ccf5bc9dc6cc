"""How often an endpoint may be called: a window a caller, counted as X does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from factotum.sandbox.state import State

QUARTER_HOUR = 900


@dataclass(frozen=True)
class Limit:
    """Calls in a window: for each user, and for each app without a user."""

    user: int
    app: int = 0
    seconds: int = QUARTER_HOUR


@dataclass
class Window:
    """What one caller has left at one endpoint until ``reset`` (epoch seconds)."""

    limit: int
    remaining: int
    reset: float

    def headers(self) -> dict[str, str]:
        """Write the window down the way X does."""
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(self.remaining),
            "x-rate-limit-reset": str(math.ceil(self.reset)),
        }


def take(
    state: State, endpoint: str, limit: Limit, *, who: str, is_app: bool
) -> tuple[Window, bool]:
    """Take one call from the caller's window; the flag is False when none was left."""
    allowed = state.settings.limits.get(endpoint, limit.app if is_app else limit.user)
    now = state.clock()
    window = state.windows.get((endpoint, who))
    if window is None or window.reset <= now or window.limit != allowed:
        window = Window(allowed, allowed, now + limit.seconds)
        state.windows[endpoint, who] = window
    if window.remaining <= 0:
        return window, False
    window.remaining -= 1
    return window, True
