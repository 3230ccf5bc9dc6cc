"""Undoes an answer's content codings (RFC 9110, 8.4) as its pieces arrive, within a limit.

aiohttp undoes a single coding and hands on what has several as it came; so all of it is done here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from aiohttp import ClientPayloadError

GZIP = frozenset({"gzip", "x-gzip"})
KNOWN = GZIP | {"deflate"}
MOST = 4
"""Codings on top of each other; nobody needs two."""
PART = 64 * 1024  # bytes looked at at once: what follows a gzip member is copied for the next
MEMBERS = 10_000
"""Gzip streams one after the other; parallel packers make one for each 128 KB or so."""


class CannotDecode(ClientPayloadError):
    """The body is not what its Content-Encoding says, or that is nothing we know; says which."""


class TooLarge(Exception):
    """More came out than is allowed."""


def codings_of(values: Iterable[str]) -> list[str]:
    """The codings that Content-Encoding headers name, in the order they were applied.

    >>> codings_of(["gzip, Deflate", "identity"])
    ['gzip', 'deflate']
    """
    names = (name.strip().lower() for name in chain(*(value.split(",") for value in values)))
    return [name for name in names if name not in {"", "identity"}]


class Decoder:
    """Takes the body piece by piece. No coding gives out more than ``max_bytes`` in all.

    >>> decoder = Decoder(["gzip", "gzip"], 100)
    >>> decoder.take(gzip.compress(gzip.compress(b"hello")))
    b'hello'
    """

    def __init__(self, codings: list[str], max_bytes: int) -> None:
        unknown = next((name for name in codings if name not in KNOWN), "")
        if unknown:
            raise CannotDecode(
                f"answered in the encoding {unknown[:40]!r}, which is not known here."
            )
        if len(codings) > MOST:
            raise CannotDecode(f"answered with {len(codings)} encodings on top of each other.")
        self._layers = [_Layer(name, max_bytes) for name in reversed(codings)]

    def take(self, piece: bytes) -> bytes:
        """What comes out for this piece; TooLarge or CannotDecode."""
        for layer in self._layers:
            piece = layer.take(piece)
        return piece

    def end(self) -> None:
        """CannotDecode where more should have come."""
        for layer in self._layers:
            layer.end()


class _Layer:
    """One coding. Also deflate without its zlib header, which some servers send."""

    def __init__(self, name: str, max_bytes: int) -> None:
        self._is_gzip = name in GZIP
        self._left = max_bytes
        self._zlib: zlib._Decompress | None = None
        self._members = 0

    def take(self, piece: bytes) -> bytes:
        parts = [piece[at : at + PART] for at in range(0, len(piece), PART)]
        return b"".join(chain(*(self._out(part) for part in parts)))

    def _out(self, piece: bytes) -> Iterator[bytes]:
        while piece and not self._is_padding(piece):
            if self._zlib is None or self._zlib.eof:
                self._zlib = self._begun(piece)
            try:
                got = self._zlib.decompress(piece, self._left + 1)
            except zlib.error:
                raise CannotDecode(BROKEN) from None
            self._left -= len(got)
            if self._left < 0:
                raise TooLarge
            yield got
            piece = self._zlib.unused_data

    def end(self) -> None:
        if self._zlib is not None and not self._zlib.eof:
            raise CannotDecode(BROKEN)

    def _begun(self, piece: bytes) -> zlib._Decompress:
        self._members += 1
        if self._is_gzip and self._members <= MEMBERS:
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        if self._is_gzip or self._members > 1:  # something after the end
            raise CannotDecode(BROKEN)
        has_header = piece[0] & 0x0F == zlib.DEFLATED
        return zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)

    def _is_padding(self, piece: bytes) -> bool:
        """Zeros after the end of a gzip stream, which tools for tapes and files leave."""
        return self._zlib is not None and self._zlib.eof and not piece.strip(b"\0")


BROKEN = "answered with a body that cannot be decompressed."
