"""Servers that a file of tests has beside the product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.servers.echo import Echo

from factotum.sandbox.server import Running, running
from factotum.sandbox.state import State


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    """In X's place."""
    with running(State()) as served:
        yield served


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    """A strange service, which says what came."""
    with Echo() as served:
        yield served
