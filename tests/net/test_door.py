from __future__ import annotations

import asyncio
import string
import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.servers.wire import Wire

import factotum
from factotum.core.errors import Refused
from factotum.core.http import Request
from factotum.core.ports import SendOptions
from factotum.net import connector
from factotum.net.door import Door


def signed(request: Request) -> Request:
    return request.with_header("Authorization", "Bearer s3cr3t")


async def test_it_brings_status_headers_and_body(door):
    answer = b"HTTP/1.1 404 Gone\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 4\r\n\r\nwhat"
    async with Wire(answer) as server:
        response = await door.send(Request("GET", f"{server.url}/x?y=1"))
        assert (response.status, response.body) == (404, b"what")
        assert response.header("x-two") == "a, b"
        assert response.url == f"{server.url}/x?y=1"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
async def test_it_reads_headers_beyond_ascii(door, encoding):
    answer = "HTTP/1.1 200 OK\r\nX-Name: Zoë\r\nX-Plain: p\r\nContent-Length: 0\r\n\r\n"
    async with Wire(answer.encode(encoding)) as server:
        response = await door.send(Request("GET", server.url))
        assert (response.header("x-name"), response.header("x-plain")) == ("Zoë", "p")


@pytest.mark.parametrize("method", ["GET", "post", "Put", "PATCH", "DELETE", "OPTIONS"])
async def test_it_sends_method_headers_and_body_as_given(door, method):
    async with Wire() as server:
        request = Request(
            method, server.url, (("X-Case", "Kept"), ("Content-Type", "a/b")), b"\x00\xffbody"
        )
        await door.send(request)
        assert server.requests[0].startswith(method.upper().encode() + b" / HTTP/1.1\r\n")
        assert b"\r\nX-Case: Kept\r\n" in server.requests[0]
        assert (server.header("content-type"), server.body()) == ("a/b", b"\x00\xffbody")


async def test_a_connection_that_was_idle_for_a_while_is_not_used_again(door, monkeypatch):
    """A server may be about to close it, and a post written into it then would be unknown."""
    monkeypatch.setattr(connector, "IDLE_SECONDS", 0.05)
    async with Wire() as server:
        await door.send(Request("POST", server.url))
        await asyncio.sleep(0.2)
        await door.send(Request("POST", server.url))

    assert server.connections == 2


async def test_it_adds_no_content_type_of_its_own(door):
    async with Wire() as server:
        await door.send(Request("POST", server.url, body=b"a=b"))
        assert server.header("content-type") is None


async def test_a_post_without_a_body_says_so(door):
    async with Wire() as server:
        await door.send(Request("POST", server.url))
        assert server.header("content-length") == "0"


async def test_head_has_no_body_to_wait_for(door):
    async with Wire(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n") as server:
        response = await door.send(Request("HEAD", server.url), SendOptions(max_bytes=10))
        assert (response.status, response.body) == (200, b"")


async def test_it_names_itself_only_where_no_user_agent_is_given(door):
    async with Wire() as server:
        await door.send(Request("GET", server.url))
        assert server.header("user-agent") == f"Factotum/{factotum.__version__}"
        await door.send(Request("GET", server.url, (("user-agent", "Own/1"),)))
        assert server.header("user-agent") == "Own/1"


async def test_it_sends_a_large_body_whole(door):
    async with Wire() as server:
        body = bytes(range(256)) * 10_000
        await door.send(Request("POST", server.url, body=body))
        assert server.body() == body


async def test_framing_headers_follow_from_the_body_alone(door):
    async with Wire() as server:
        headers = (("Content-Length", "999"), ("Transfer-Encoding", "chunked"), ("Upgrade", "h2c"))
        await door.send(Request("POST", server.url, headers, b"four"))
        assert server.header("content-length") == "4"
        assert server.header("transfer-encoding") is None
        assert server.header("upgrade") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "b\r\nX-Injected: 1"),
        ("X-A", "b\nX-Injected: 1"),
        ("X-A", "b\x00"),
        ("X-A\r\nX-Injected", "1"),
        ("X A", "1"),
        ("", "1"),
        ("X-A:", "1"),
    ],
)
async def test_a_header_cannot_break_out_of_its_line(door, name, value):
    async with Wire() as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request("GET", server.url, ((name, value),)))
        assert refused.value.code == "bad-header"
        assert server.requests == []


@pytest.mark.parametrize("method", ["GET /x HTTP/1.1\r\nX: y\r\n\r\nGET", "G ET", "", "CONNECT"])
async def test_a_method_cannot_either(door, method):
    async with Wire() as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request(method, server.url))
        assert refused.value.code == "bad-method"


async def test_a_host_header_cannot_name_another_host(door):
    async with Wire() as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request("GET", server.url, (("Host", "other.example"),)))
        assert refused.value.code == "bad-header"
        await door.send(Request("GET", server.url, (("Host", f"127.0.0.1:{server.port}"),)))
        assert server.requests[-1].lower().count(b"\r\nhost:") == 1


async def test_it_keeps_no_cookies(door):
    async with Wire(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n") as server:
        await door.send(Request("GET", server.url))
        await door.send(Request("GET", server.url))
        assert server.header("cookie") is None


async def test_it_heeds_no_proxy_settings(door, monkeypatch):
    async with Wire() as server, Wire() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        await door.send(Request("GET", server.url))
        assert proxy.connections == 0


async def test_it_uses_a_connection_again(door):
    async with Wire() as server:
        for _ in range(3):
            await door.send(Request("GET", server.url))
        assert server.connections == 1


async def test_it_signs_for_a_listed_host(door):
    async with Wire() as server:
        options = SendOptions(hosts=[f"127.0.0.1:{server.port}"], sign=signed)
        await door.send(Request("GET", server.url), options)
        assert server.header("authorization") == "Bearer s3cr3t"


@pytest.mark.parametrize("hosts", [[], ["api.x.com"], ["127.0.0.1"], ["*.127.0.0.1"]])
async def test_it_does_not_send_to_a_host_that_is_not_listed(door, hosts):
    async with Wire() as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request("GET", server.url), SendOptions(hosts=hosts, sign=signed))
        assert refused.value.code == "host-not-allowed"
        assert server.connections == 0


async def test_signing_may_add_parameters_and_the_answer_does_not_name_them(door):
    async with Wire() as server:
        options = SendOptions(
            sign=lambda request: replace(request, url=f"{request.url}?key=s3cr3t")
        )
        response = await door.send(Request("GET", f"{server.url}/me"), options)
        assert server.targets == ["/me?key=s3cr3t"]
        assert response.url == f"{server.url}/me"


async def test_signing_cannot_lead_to_another_host(door):
    async with Wire() as server, Wire() as other:
        options = SendOptions(sign=lambda request: replace(request, url=other.url))
        with pytest.raises(Refused) as refused:
            await door.send(Request("GET", server.url), options)
        assert refused.value.code == "host-not-allowed"
        assert other.connections == 0


async def test_many_at_once_get_their_own_answers(door):
    def echo(number: int, request: bytes) -> bytes:
        target = request.split(b" ", 2)[1]
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(target), target)

    async with Wire(echo) as server:
        asked = [Request("GET", f"{server.url}/{n}") for n in range(50)]
        answers = await asyncio.gather(*(door.send(request) for request in asked))
        assert [answer.body for answer in answers] == [b"/%d" % n for n in range(50)]


async def test_each_event_loop_has_its_own_pool(door):
    async with Wire() as server:
        await door.send(Request("GET", server.url))
        other = asyncio.new_event_loop()
        thread = threading.Thread(target=other.run_forever)
        thread.start()
        try:
            sending = asyncio.run_coroutine_threadsafe(door.send(Request("GET", server.url)), other)
            assert (await asyncio.wrap_future(sending)).status == 200
            await door.close()
        finally:
            other.call_soon_threadsafe(other.stop)
            thread.join()
            other.close()
        assert server.connections == 2


async def test_it_can_be_used_again_after_it_was_closed():
    async with Wire() as server:
        door = Door(allow_hosts=["127.0.0.1"])
        await door.send(Request("GET", server.url))
        await door.close()
        assert (await door.send(Request("GET", server.url))).status == 200
        await door.close()


_TARGET = string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@/%[]{}|"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.text(_TARGET, max_size=30), query=st.text(_TARGET + "?", max_size=30))
async def test_what_arrives_is_byte_for_byte_the_url_that_was_given(path, query):
    async with Wire() as server, Door(allow_hosts=["127.0.0.1"]) as door:
        target = f"/{path}?{query}" if query else f"/{path}"
        await door.send(Request("GET", f"{server.url}{target}"))
        assert server.targets == [target]
