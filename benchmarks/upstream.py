"""The service that is asked: 200 and a small JSON to every request, as cheaply as Python can.

python -m benchmarks.upstream PORT
"""

from __future__ import annotations

import asyncio
import sys

import uvloop

BODY = b'{"data":{"id":"2244994945","name":"X Dev","username":"XDevelopers","about":"%s"}}' % (
    b"x" * 120
)
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
    b"X-Rate-Limit-Limit: 75\r\nX-Rate-Limit-Remaining: 74\r\nX-Rate-Limit-Reset: 1893456000\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


class _Server(asyncio.Protocol):
    """Requests are GETs without a body, so each ends with an empty line."""

    _rest = b""

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        *whole, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for request in whole:
            signed = request.find(b'oauth_signature="') > 0
            if b" /signed" in request and not signed:
                self._transport.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
            else:
                self._transport.write(_ANSWER)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Server, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
