from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from factotum.scripting import Scripts

Render = Callable[..., str]


@pytest.fixture(scope="session")
def scripts() -> Scripts:
    return Scripts()


@pytest.fixture(scope="session")
def now() -> datetime:
    """A Tuesday."""
    return datetime(2017, 12, 12, 11, 50, tzinfo=UTC)


@pytest.fixture(scope="session")
def render(scripts: Scripts, now: datetime) -> Render:
    def rendered(text: str, /, *, timezone: str = "UTC", seed: int = 0, **values: object) -> str:
        return scripts.render(text, values, now=now, timezone=timezone, seed=seed)

    return rendered
