"""What an answer's Content-Encoding says is undone, in order and within the limit, or told plainly."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.wire import Wire

from factotum.core.errors import NoAnswer, Refused
from factotum.core.http import Request
from factotum.core.ports import SendOptions
from factotum.net.codings import MEMBERS, CannotDecode, Decoder, TooLarge, codings_of


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACK = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}


def answer(body: bytes, *encodings: str) -> bytes:
    lines = b"".join(b"Content-Encoding: %s\r\n" % each.encode() for each in encodings)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n%sContent-Length: %d\r\n\r\n"
    return head % (lines, len(body)) + body


def decoded(
    codings: list[str], packed: bytes, *, step: int = 1 << 20, limit: int = 1 << 20
) -> bytes:
    decoder = Decoder(codings, limit)
    out = b"".join(decoder.take(packed[at : at + step]) for at in range(0, len(packed), step))
    decoder.end()
    return out


@given(
    st.binary(min_size=1, max_size=3000),
    st.lists(st.sampled_from(sorted(PACK)), min_size=1, max_size=4),
    st.integers(1, 5000),
)
def test_what_was_packed_in_an_order_is_unpacked_in_the_other(body, codings, step):
    packed = body
    for name in codings:
        packed = PACK[name](packed)

    assert decoded(codings, packed, step=step) == body


async def test_an_answer_with_two_codings_comes_through_whole(door):
    packed = gzip.compress(gzip.compress(b"hello"))
    for headers in (["gzip, gzip"], ["gzip", "gzip"], ["identity, GZIP,gzip"]):
        async with Wire(answer(packed, *headers)) as server:
            response = await door.send(Request("GET", server.url))
            assert response.body == b"hello"
            assert response.header("content-encoding") == response.header("content-length") == ""


async def test_a_bomb_within_a_bomb_is_stopped_at_the_limit(door):
    bomb = gzip.compress(gzip.compress(b"\0" * 50_000_000))
    async with Wire(answer(bomb, "gzip, gzip")) as server:
        with pytest.raises(Refused) as refused:
            await door.send(Request("GET", server.url), SendOptions(max_bytes=1_000_000))
        assert refused.value.code == "answer-too-large"


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("compress", "encoding 'compress'"),
        ("gzip, br", "encoding 'br'"),
        ("gzip, gzip, gzip, gzip, gzip", "5 encodings"),
        ("gzip, gzip", "cannot be decompressed"),
    ],
)
async def test_what_cannot_be_undone_is_told_and_not_handed_on(door, encoding, says):
    async with Wire(answer(gzip.compress(b"hello"), encoding)) as server:
        with pytest.raises(NoAnswer) as failed:
            await door.send(Request("POST", server.url))
    assert (failed.value.code, failed.value.sent) == ("bad-answer", True)
    assert says in failed.value.sentence


async def test_an_answer_without_a_body_needs_no_decoding(door):
    async with Wire(answer(b"", "compress")) as server:
        response = await door.send(Request("GET", server.url))
        assert (response.status, response.body) == (200, b"")


async def test_only_what_can_be_undone_is_asked_for(door):
    async with Wire() as server:
        await door.send(Request("GET", server.url))
        assert server.header("accept-encoding") == "gzip, deflate"


def test_identity_and_nothing_are_no_codings():
    assert codings_of(["identity", " , gzip,", "DEFLATE"]) == ["gzip", "deflate"]


def test_deflate_is_read_with_and_without_its_header():
    assert decoded(["deflate"], zlib.compress(b"hello")) == b"hello"
    assert decoded(["deflate"], raw_deflate(b"hello")) == b"hello"


def test_gzip_streams_in_a_row_and_zeros_after_them_are_read():
    packed = gzip.compress(b"hel") + gzip.compress(b"lo") + b"\0" * 100

    assert decoded(["gzip"], packed, step=7) == b"hello"


@pytest.mark.parametrize(
    ("codings", "packed"),
    [
        (["gzip"], gzip.compress(b"hello")[:-3]),
        (["deflate"], zlib.compress(b"hello")[:-3]),
        (["gzip"], gzip.compress(b"hello") + b"more"),
        (["deflate"], zlib.compress(b"hello") + b"more"),
        (["gzip"], gzip.compress(b"") * (MEMBERS + 1)),
    ],
    ids=["gzip cut", "deflate cut", "gzip and more", "deflate and more", "gzip of many"],
)
def test_a_body_that_ends_early_or_goes_on_is_broken(codings, packed):
    with pytest.raises(CannotDecode):
        decoded(codings, packed)


def test_no_coding_gives_out_more_than_the_limit():
    within = gzip.compress(b"a" * 100)

    assert decoded(["gzip"], within, limit=100) == b"a" * 100
    with pytest.raises(TooLarge):
        decoded(["gzip"], within, limit=99)
