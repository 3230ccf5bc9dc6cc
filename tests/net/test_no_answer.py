"""No answer: why, and whether something may have arrived. What is unsafe is never sent twice."""

from __future__ import annotations

import asyncio
import gzip
import socket

import pytest
from tests.servers.certificates import self_signed
from tests.servers.wire import OK, Last, Wire, redirect

from factotum.core.errors import NoAnswer, Refused
from factotum.core.http import Request
from factotum.core.ports import SendOptions
from factotum.net.door import Door


async def failure(door: Door, request: Request, options: SendOptions | None = None) -> NoAnswer:
    with pytest.raises(NoAnswer) as failed:
        await door.send(request, options or SendOptions())
    return failed.value


@pytest.fixture
def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


async def test_a_closed_port_means_that_nothing_was_sent(door, closed_port):
    failed = await failure(door, Request("POST", f"http://127.0.0.1:{closed_port}/", body=b"x"))
    assert (failed.code, failed.sent) == ("no-connection", False)
    assert "Nothing was sent" in str(failed)


async def test_an_unknown_name_means_that_nothing_was_sent(door):
    failed = await failure(door, Request("POST", "http://no-such-host.invalid/"))
    assert (failed.code, failed.sent) == ("dns-failed", False)
    assert "no-such-host.invalid" in str(failed)


async def test_a_connection_cut_after_the_request_means_that_it_may_have_arrived(door):
    async with Wire(lambda number, request: None) as server:
        failed = await failure(door, Request("POST", server.url, body=b"x"))
        assert (failed.code, failed.sent) == ("connection-cut", True)
        assert len(server.requests) == 1


async def test_a_connection_cut_within_the_answer_is_told(door):
    async with Wire(Last(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")) as server:
        failed = await failure(door, Request("GET", server.url))
        assert (failed.code, failed.sent) == ("connection-cut", True)


async def test_a_server_that_says_nothing_is_given_up_after_the_timeout(door):
    async with Wire(b"") as server:
        failed = await failure(door, Request("POST", server.url), SendOptions(timeout=0.2))
        assert (failed.code, failed.sent) == ("timeout", True)


async def test_a_server_that_drips_its_answer_is_given_up_too(door):
    async with Wire(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na") as server:
        failed = await failure(door, Request("GET", server.url), SendOptions(timeout=0.2))
        assert (failed.code, failed.sent) == ("timeout", True)


async def test_a_server_that_never_finishes_tls_got_nothing(door):
    async with Wire(b"") as server:
        url = server.url.replace("http:", "https:")
        failed = await failure(door, Request("POST", url), SendOptions(timeout=0.2))
        assert (failed.code, failed.sent) == ("timeout", False)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_an_unsafe_request_is_not_repeated_when_its_reused_connection_breaks(door, method):
    async with Wire(lambda number, request: OK if number == 0 else None) as server:
        await door.send(Request("GET", server.url))
        failed = await failure(door, Request(method, server.url, body=b"x"))
        assert (failed.code, failed.sent) == ("connection-cut", True)
        assert len(server.requests) == 2
        assert server.connections == 1


@pytest.mark.parametrize("is_read", [True, False])
@pytest.mark.parametrize("unasked", [OK, b"HTTP/1.1 408 Request Timeout\r\n\r\n", b"noise"])
async def test_what_came_unasked_is_not_the_answer_to_the_next_request(door, unasked, is_read):
    async with Wire(lambda number, _: OK.replace(b"ok", b"%02d" % number)) as server:
        await door.send(Request("POST", server.url))
        await server.say(unasked)
        if is_read:
            await asyncio.sleep(0.02)
        assert (await door.send(Request("POST", server.url))).body == b"01"
        assert (len(server.requests), server.connections) == (2, 2)


async def test_a_safe_request_is_sent_once_more_when_its_reused_connection_breaks(door):
    async with Wire(lambda number, request: None if number == 1 else OK) as server:
        await door.send(Request("GET", server.url))
        assert (await door.send(Request("GET", server.url))).status == 200
        assert len(server.requests) == 3


async def test_a_safe_request_is_not_repeated_on_a_fresh_connection(door):
    async with Wire(lambda number, request: None) as server:
        assert (await failure(door, Request("GET", server.url))).code == "connection-cut"
        assert len(server.requests) == 1


async def test_after_a_redirect_it_is_known_that_something_was_sent(door, closed_port):
    async with Wire(redirect(307, f"http://127.0.0.1:{closed_port}/")) as server:
        failed = await failure(door, Request("POST", server.url))
        assert (failed.code, failed.sent) == ("no-connection", True)


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 40_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: a\r\n" * 400 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
)
async def test_garbage_is_told_as_garbage(door, garbage):
    async with Wire(garbage) as server:
        failed = await failure(door, Request("GET", server.url))
        assert (failed.code, failed.sent) == ("bad-answer", True)


async def test_an_answer_that_announces_too_much_is_not_read(door):
    async with Wire(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n") as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request("POST", server.url), SendOptions(max_bytes=1000))
        assert (refused.value.code, refused.value.sent) == ("answer-too-large", True)


async def test_an_answer_without_end_is_stopped_at_the_limit(door):
    chunk = b"1000\r\n" + b"a" * 4096 + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with Wire(head + chunk * 10) as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request("GET", server.url), SendOptions(max_bytes=10_000))
        assert refused.value.code == "answer-too-large"


async def test_a_decompression_bomb_is_stopped_at_the_limit(door):
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    async with Wire(head + bomb) as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request("GET", server.url), SendOptions(max_bytes=1_000_000))
        assert refused.value.code == "answer-too-large"


async def test_a_compressed_answer_comes_decompressed_and_says_so(door):
    packed = gzip.compress(b"hello " * 100)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    async with Wire(head + packed) as server:
        response = await door.send(Request("GET", server.url))
        assert response.body == b"hello " * 100
        assert response.header("content-encoding") == response.header("content-length") == ""


async def test_a_certificate_that_nobody_vouches_for_is_refused(door, tmp_path):
    tls, _ = self_signed(tmp_path)
    async with Wire(tls=tls) as server:
        failed = await failure(door, Request("POST", server.url))
        assert (failed.code, failed.sent) == ("tls-failed", False)
        assert "self-signed certificate" in str(failed)
        assert server.requests == []


async def test_it_is_accepted_where_the_request_says_so(door, tmp_path):
    tls, _ = self_signed(tmp_path)
    async with Wire(tls=tls) as server:
        options = SendOptions(verify_tls=False)
        assert (await door.send(Request("GET", server.url), options)).status == 200
        assert (await failure(door, Request("GET", server.url))).code == "tls-failed"


async def test_a_trusted_certificate_must_name_the_host(tmp_path):
    tls, trusting = self_signed(tmp_path, "127.0.0.1")
    async with (
        Wire(tls=tls) as server,
        Door(allow_hosts=["127.0.0.1", "localhost"], tls=trusting) as door,
    ):
        assert (await door.send(Request("GET", server.url))).status == 200
        failed = await failure(door, Request("GET", f"https://localhost:{server.port}/"))
        assert (failed.code, failed.sent) == ("tls-failed", False)


async def test_plain_http_where_tls_is_expected_means_that_nothing_was_sent(door):
    async with Wire(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        request = Request("POST", server.url.replace("http:", "https:"))
        assert not (await failure(door, request, SendOptions(timeout=1))).sent


async def test_errors_do_not_repeat_the_address(door, closed_port):
    failed = await failure(door, Request("GET", f"http://127.0.0.1:{closed_port}/?token=s3cr3t"))
    assert "s3cr3t" not in str(failed)


async def test_nothing_signed_goes_to_a_server_whose_certificate_is_not_looked_at(door, tmp_path):
    tls, _ = self_signed(tmp_path)
    async with Wire(tls=tls) as server:
        options = SendOptions(sign=lambda request: request, verify_tls=False)
        with pytest.raises(Refused) as refused:
            await door.send(Request("POST", server.url), options)
        assert (refused.value.code, refused.value.sent) == ("unverified-tls", False)
        assert server.connections == 0
