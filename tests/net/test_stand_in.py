from __future__ import annotations

import pytest
from tests.servers.product import free_port
from tests.servers.wire import Last, Wire

from factotum.core.errors import NoAnswer, Refused
from factotum.core.http import Request
from factotum.core.ports import SendOptions
from factotum.net.stand_in import StandIn


def signed(request: Request) -> Request:
    return request.with_header("Authorization", f"signed for {request.url}")


async def test_it_sends_for_the_services_hosts_to_the_sandbox_as_if_behind_a_proxy(door):
    async with Wire() as sandbox:
        sender = StandIn(door, sandbox.url)
        options = SendOptions(hosts=["api.x.com"], sign=signed)
        response = await sender.send(Request("GET", "https://api.x.com/2/users/me?a=b"), options)
        assert sandbox.targets == ["/2/users/me?a=b"]
        assert sandbox.header("host") == "api.x.com"
        assert sandbox.header("x-forwarded-proto") == "https"
        assert sandbox.header("authorization") == "signed for https://api.x.com/2/users/me?a=b"
        assert response.url == "https://api.x.com/2/users/me?a=b"


async def test_it_sends_everything_else_where_it_is_meant_to_go(door):
    async with Wire() as sandbox, Wire() as other:
        await StandIn(door, sandbox.url).send(Request("GET", f"{other.url}/x"))
        assert (sandbox.targets, other.targets) == ([], ["/x"])


async def test_it_does_not_widen_what_an_account_may_reach(door):
    async with Wire() as sandbox:
        sender = StandIn(door, sandbox.url)
        with pytest.raises(Refused) as refused:
            await sender.send(
                Request("GET", "https://api.x.com/"), SendOptions(hosts=["api.github.com"])
            )
        assert refused.value.code == "host-not-allowed"
        assert sandbox.connections == 0


async def test_without_an_answer_it_names_the_host_that_was_asked(door):
    sender = StandIn(door, f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(NoAnswer) as refused:
        await sender.send(Request("GET", "https://api.twitter.com/1.1/users/show.json"))
    assert refused.value.sentence == (
        "api.twitter.com (the sandbox stands in for it) did not accept a connection. "
        "Nothing was sent."
    )
    assert (refused.value.code, refused.value.sent) == ("no-connection", False)


async def test_a_cut_connection_is_told_of_the_host_that_was_asked_too(door):
    async with Wire(Last(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")) as sandbox:
        with pytest.raises(NoAnswer) as refused:
            await StandIn(door, sandbox.url).send(Request("POST", "https://api.x.com/2/tweets"))
    assert refused.value.sentence.startswith("api.x.com (the sandbox stands in for it) closed")
    assert refused.value.sent


def test_it_tells_where_a_browser_finds_a_page():
    sender = StandIn(None, "http://127.0.0.1:8100")
    assert sender.address("https://x.com/i/oauth2/authorize?a=b") == (
        "http://127.0.0.1:8100/i/oauth2/authorize?a=b"
    )
    assert sender.address("https://github.com/login") == "https://github.com/login"
