from __future__ import annotations

import pytest
from tests.linking.bench import CALLBACK, OAUTH1, OAUTH2, Bench
from tests.servers.oauth1_provider import OAuth1Provider
from tests.servers.oauth2_provider import OAuth2Provider

from factotum.net.door import Door


@pytest.fixture
async def bench():
    async with Door(allow_hosts=["127.0.0.1/32"], timeout=10) as door:
        yield Bench(door)


@pytest.fixture
def oauth1():
    with OAuth1Provider() as provider:
        yield provider


@pytest.fixture
def oauth2():
    with OAuth2Provider() as provider:
        yield provider


@pytest.fixture(params=["oauth1", "oauth2"])
def account(request, bench):
    """Alice's account at a strict provider of either kind."""
    provider = request.getfixturevalue(request.param)
    extension_id = OAUTH1 if request.param == "oauth1" else OAUTH2
    return bench.account(bench.service(extension_id, provider.register(CALLBACK, "oob")))
