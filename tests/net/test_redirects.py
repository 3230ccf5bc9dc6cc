from __future__ import annotations

import itertools

import pytest
from tests.servers.wire import OK, Wire, redirect

from factotum.core.errors import Refused
from factotum.core.http import Request
from factotum.core.ports import SendOptions
from factotum.net.door import Door


@pytest.fixture
async def two_hosts():
    async with Door(allow_hosts=["127.0.0.0/8"], timeout=10) as door:
        yield door


def counting_sign():
    numbers = itertools.count(1)
    return lambda request: request.with_header("Authorization", f"Signature {next(numbers)}")


def script(*answers: bytes):
    return lambda number, _: answers[min(number, len(answers) - 1)]


def method_of(request: bytes) -> str:
    return request.split(b" ", 1)[0].decode()


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (302, "GET", "GET"),
    ],
)
async def test_it_follows_as_the_status_says(door, status, method, becomes):
    empty = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    async with Wire(script(redirect(status, "/next"), empty)) as server:
        request = Request(method, f"{server.url}/first", (("Content-Type", "a/b"),), b"body")
        response = await door.send(request)
        assert (response.status, response.url) == (200, f"{server.url}/next")
        assert method_of(server.requests[1]) == becomes
        keeps = becomes == method
        assert server.body(1) == (b"body" if keeps else b"")
        assert server.header("content-type", 1) == ("a/b" if keeps else None)


async def test_every_hop_within_the_origin_is_signed_anew(door):
    async with Wire(script(redirect(307, "/b?x=1"), redirect(302, "c"), OK)) as server:
        await door.send(Request("POST", f"{server.url}/a"), SendOptions(sign=counting_sign()))
        assert server.targets == ["/a", "/b?x=1", "/c"]
        signatures = [server.header("authorization", n) for n in range(3)]
        assert signatures == ["Signature 1", "Signature 2", "Signature 3"]


@pytest.mark.parametrize("status", [302, 307])
async def test_another_host_gets_no_credentials(two_hosts, status):
    async with Wire(host="127.0.0.2") as other:
        async with Wire(redirect(status, f"{other.url}/taken")) as server:
            headers = (
                ("Cookie", "a=b"),
                ("X-Api-Key", "k"),
                ("Authorization", "Own"),
                ("X-Plain", "p"),
            )
            options = SendOptions(hosts=[f"127.0.0.1:{server.port}"], sign=counting_sign())
            await two_hosts.send(Request("GET", server.url, headers), options)
        assert server.header("authorization") == "Signature 1"
        assert other.header("x-plain") == "p"
        for name in ("authorization", "cookie", "x-api-key"):
            assert other.header(name) is None


async def test_another_port_gets_none_either(door):
    async with Wire() as other, Wire() as server:
        server.answer = redirect(302, other.url)
        await door.send(Request("GET", server.url), SendOptions(sign=counting_sign()))
        assert other.header("authorization") is None


async def test_coming_back_from_another_host_is_not_signed(two_hosts):
    async with Wire(host="127.0.0.2") as other, Wire() as server:
        server.answer = script(redirect(302, other.url), OK)
        other.answer = redirect(302, f"{server.url}/chosen-by-the-other")
        await two_hosts.send(Request("GET", server.url), SendOptions(sign=counting_sign()))
        assert server.targets == ["/", "/chosen-by-the-other"]
        assert server.header("authorization", 1) is None


async def test_it_stops_after_as_many_as_allowed(door):
    async with Wire(redirect(302, "/again")) as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request("GET", server.url), SendOptions(follow=3))
        assert (refused.value.code, refused.value.sent) == ("too-many-redirects", True)
        assert len(server.requests) == 4


async def test_it_can_be_told_not_to_follow(door):
    async with Wire(redirect(302, "/next")) as server:
        response = await door.send(Request("GET", server.url), SendOptions(follow=0))
        assert (response.status, response.header("location")) == (302, "/next")
        assert len(server.requests) == 1


async def test_a_redirect_without_a_location_is_an_answer(door):
    async with Wire(b"HTTP/1.1 302 Found\r\nContent-Length: 4\r\n\r\nhere") as server:
        response = await door.send(Request("GET", server.url))
        assert (response.status, response.body) == (302, b"here")


@pytest.mark.parametrize("location", ["http://", "http://[::1", "https://a b/", "\x01"])
async def test_a_location_that_leads_nowhere_is_refused(door, location):
    async with Wire(redirect(302, location)) as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request("GET", server.url))
        assert refused.value.sent


async def test_a_location_in_utf_8_is_followed(door):
    async with Wire(script(redirect(302, "/é?q=ü"), OK)) as server:
        await door.send(Request("GET", server.url))
        assert server.targets[1] == "/%C3%A9?q=%C3%BC"
