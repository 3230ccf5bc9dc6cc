"""Requests that never end, or are as large as a disk, are cut off before they cost anything."""

import contextlib
import socket
import threading

import pytest
import uvicorn
from tests.servers.product import installation, serving

from factotum.web import wire

MEGABYTE = b"a" * 1_000_000


async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.contextmanager
def bounded():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app, http="factotum.web.wire:BoundedProtocol", lifespan="off", log_config=None
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def address():
    with bounded() as found:
        yield found


def talk(address, *parts):
    """All that comes back until the server hangs up."""
    with socket.create_connection(address, timeout=30) as client:
        with contextlib.suppress(ConnectionError):
            for part in parts:
                client.sendall(part)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while piece := client.recv(65536):
                answer += piece
        return answer


HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


def test_many_requests_on_one_connection_are_answered(address):
    chunked = (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    )
    ended = HEAD + b"Connection: close\r\n\r\n"

    answer = talk(address, HEAD, b"\r\n", HEAD + b"\r\n" + chunked, ended)

    assert answer.count(b"HTTP/1.1 200 ") == 4


def test_large_headers_within_the_bound_are_read(address):
    large = b"X-Large: " + b"a" * 20_000 + b"\r\n"

    answer = talk(address, HEAD, large, large, large, b"Connection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("endless", [b"X-A: a\r\n" * 1000, b"X-A: " + b"a" * 8000, b"a" * 8000])
def test_endless_headers_are_cut_off(address, endless):
    assert talk(address, HEAD, *[endless] * 100)[:13] in {b"HTTP/1.1 431 ", b"HTTP/1.1 400 ", b""}


@pytest.mark.parametrize(
    ("part", "sent"),
    [
        ("head", b""),
        ("head", HEAD),
        ("head", HEAD + b"\r\n" + HEAD),
        ("body", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"),
    ],
)
def test_who_sends_no_more_is_hung_up_on(monkeypatch, part, sent):
    monkeypatch.setitem(wire.SECONDS, part, 0.2)

    with bounded() as address:
        talk(address, sent)  # comes back at all


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with serving(installation(tmp_path_factory.mktemp("product"))) as served:
        yield served


def asked(product, head, *parts):
    host, _, port = product.url.removeprefix("http://").partition(":")
    start = f"POST {head}\r\nHost: {host}:{port}\r\nContent-Type: text/plain\r\n".encode()
    return talk((host, int(port)), start, *parts)


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/packages/import", "/oauth/callback", "/x"])
def test_a_body_that_says_it_is_too_large_is_not_read(product, path):
    answer = asked(product, f"{path} HTTP/1.1", b"Content-Length: 90000000000\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"32 MB" in answer


def test_a_body_that_turns_out_too_large_is_not_kept(product):
    piece = b"f4240\r\n" + MEGABYTE + b"\r\n"

    answer = asked(
        product, "/sign-in HTTP/1.1", b"Transfer-Encoding: chunked\r\n\r\n", *[piece] * 60
    )

    assert answer[:13] in {b"HTTP/1.1 413 ", b""}  # "" where it was reset before it was read
