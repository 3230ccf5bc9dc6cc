"""Linking and refreshing against the built-in sandbox, which stands in for X under its own names."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.linking.bench import ALICE, CALLBACK, OAUTH1, OAUTH2

from factotum.core.http import Request
from factotum.core.ports import SendOptions
from factotum.linking.flow import Linking
from factotum.net.stand_in import StandIn
from factotum.sandbox.server import running
from factotum.sandbox.state import State


@pytest.fixture
def sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture
def x(bench, sandbox):
    """The door with the sandbox in X's place; linking goes through it."""
    sender = StandIn(bench.door, sandbox.url)
    bench.linking = Linking(bench.connections, bench.links, sender, bench.threads, bench.clock)
    return sender


async def agreed(sandbox, url: str, username: str = "alice") -> dict[str, str]:
    """The callback's parameters after consent, given by the sandbox's control API."""

    def post() -> str:
        body = json.dumps({"authorize_url": url, "username": username}).encode()
        request = urllib.request.Request(
            f"{sandbox.url}/_sandbox/consent", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["location"]

    return dict(parse_qsl(urlsplit(await asyncio.to_thread(post)).query))


async def linked(bench, x, sandbox, extension_id, params):
    account = bench.account(bench.service(extension_id, params))
    start = await bench.linking.start(account.ref, ALICE, CALLBACK)
    return (await bench.linking.finish(ALICE, await agreed(sandbox, x.address(start.url)))).account


async def who_the_sandbox_sees(bench, x, account) -> str:
    connection = await bench.keyring.connection(account.id)
    options = SendOptions(hosts=connection.hosts, sign=connection.signer(bench.clock))
    response = await x.send(Request("GET", "https://api.twitter.com/2/users/me"), options)
    assert response.status == 200, response.text()
    return response.json()["data"]["username"]


async def test_oauth_1_with_the_addresses_of_the_guide(bench, x, sandbox):
    app = sandbox.state.ensure_app("Help Desk", [CALLBACK])
    params = {
        "client_id": app.consumer_key,
        "client_secret": app.consumer_secret,
        "request_token_url": "https://api.twitter.com/oauth/request_token",
        "authentication_url": "https://api.twitter.com/oauth/authenticate",
        "access_token_url": "https://api.twitter.com/oauth/access_token",
    }
    account = await linked(bench, x, sandbox, OAUTH1, params)
    assert account["linked_as"] == "@alice"
    assert await who_the_sandbox_sees(bench, x, account) == "alice"


async def test_oauth_2_with_pkce(bench, x, sandbox):
    app = sandbox.state.ensure_app("Help Desk", [CALLBACK])
    params = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "authorization_url": "https://twitter.com/i/oauth2/authorize",
        "access_token_url": "https://api.twitter.com/2/oauth2/token",
        "resource_owner_url": "https://api.twitter.com/2/users/me",
        "scope": "tweet.read users.read offline.access",
    }
    account = await linked(bench, x, sandbox, OAUTH2, params)
    assert account["linked_as"] == "@alice"
    assert await who_the_sandbox_sees(bench, x, account) == "alice"
    bench.refresher._sender = x
    renewed = await bench.keyring.renewed(await bench.keyring.connection(account.id))
    assert renewed.account["health"] == "ok"
    assert await who_the_sandbox_sees(bench, x, account) == "alice"
