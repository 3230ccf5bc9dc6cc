from __future__ import annotations

import pytest

from factotum.net.door import Door


@pytest.fixture
async def door():
    """Lets the tests' own servers at 127.0.0.1 through, and no other loopback address."""
    async with Door(allow_hosts=["127.0.0.1/32"], timeout=10) as opened:
        yield opened
