"""How often an endpoint may be called: a window a caller, counted as X does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from factotum.sandbox.state import State

QUARTER_HOUR = 900
DAY = 86400


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

    def headers(self, kind: str = "x-rate-limit") -> dict[str, str]:
        """Write the window down the way X does."""
        return {
            f"{kind}-limit": str(self.limit),
            f"{kind}-remaining": str(self.remaining),
            f"{kind}-reset": str(math.ceil(self.reset)),
        }


def take(
    state: State, endpoint: str, limit: Limit, *, who: str, is_app: bool
) -> tuple[Window, bool]:
    """Take one call from the caller's window; the flag is False when none was left."""
    allowed = state.settings.limits.get(endpoint, limit.app if is_app else limit.user)
    return _take(state, endpoint, who, allowed, state.settings.window_seconds or limit.seconds)


def take_of_day(
    state: State, endpoint: str, *, who: str, app_id: str
) -> tuple[dict[str, str], bool]:
    """Take one call of 24 hours, of the user and of the whole app, where such limits are set.

    The headers that tell of them, and whether there was room.
    """
    headers: dict[str, str] = {}
    room = True
    for kind, limits, caller in (
        ("x-user-limit-24hour", state.settings.user_day_limits, who),
        ("x-app-limit-24hour", state.settings.app_day_limits, f"app {app_id}"),
    ):
        if endpoint in limits:
            name = f"{kind} {endpoint}"
            window, has_room = _take(state, name, caller, limits[endpoint], DAY)
            headers |= window.headers(kind)
            room = room and has_room
    return headers, room


def _take(state: State, name: str, who: str, allowed: int, seconds: float) -> tuple[Window, bool]:
    now = state.clock()
    window = state.windows.get((name, who))
    if window is None or window.reset <= now or window.limit != allowed:
        window = Window(allowed, allowed, now + seconds)
        state.windows[name, who] = window
    if window.remaining <= 0:
        return window, False
    window.remaining -= 1
    return window, True
