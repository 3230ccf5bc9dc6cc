"""Reads an answer within its limits and makes it a plain value."""

from __future__ import annotations

from aiohttp import ClientResponse

from factotum.core.errors import Refused
from factotum.core.http import Headers, Response
from factotum.net.codings import Decoder, TooLarge, codings_of

MAX_HEADER_FIELD = 16 * 1024
"""Bytes of one header line of an answer; signed cookies and policies of large sites pass 8 KiB."""
MAX_HEADER_FIELDS = 256


async def read(answer: ClientResponse, url: str, max_bytes: int) -> Response:
    """The whole answer. Refused where it is larger than ``max_bytes`` once decompressed.

    The body is taken in pieces and decompressed as it is taken, so a bomb costs one piece.
    """
    if (answer.content_length or 0) > max_bytes and answer.method != "HEAD":
        raise _too_large(max_bytes)
    codings = codings_of(answer.headers.getall("Content-Encoding", ()))
    body = await _body(answer, max_bytes, codings)
    return Response(answer.status, _headers(answer, decoded=bool(body and codings)), body, url)


async def _body(answer: ClientResponse, max_bytes: int, codings: list[str]) -> bytes:
    pieces: list[bytes] = []
    size = 0
    decoder: Decoder | None = None
    while piece := await answer.content.readany():
        if codings:
            decoder = decoder or Decoder(codings, max_bytes)
            try:
                piece = decoder.take(piece)
            except TooLarge:
                raise _too_large(max_bytes) from None
        size += len(piece)
        if size > max_bytes:
            raise _too_large(max_bytes)
        pieces.append(piece)
    if decoder:
        decoder.end()
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _headers(answer: ClientResponse, *, decoded: bool) -> Headers:
    """The headers, less those that speak of the compressed body where it was decompressed."""
    pairs = tuple(answer.headers.items())
    if not all(map(str.isascii, answer.headers.values())):
        pairs = tuple((name.decode("ascii"), _text(value)) for name, value in answer.raw_headers)
    if not decoded:
        return pairs
    gone = {"content-encoding", "content-length"}
    return tuple(pair for pair in pairs if pair[0].lower() not in gone)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _too_large(max_bytes: int) -> Refused:
    return Refused(
        f"The answer is larger than the {max_bytes:,} bytes allowed; reading it was stopped.",
        code="answer-too-large",
        sent=True,
    )
