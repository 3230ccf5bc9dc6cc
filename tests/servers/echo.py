"""A service that tells what it was asked, byte for byte, and answers in awkward ways."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

PAYLOAD = bytes(range(256)) * 4


class Echo:
    """``/gzip``, ``/binary``, ``/repeated``, ``/cookies``, ``/empty``, ``/problem``; else what came.

    ``came`` keeps every request as ``{"method", "target", "headers": [[name, value]], "body"}``.
    """

    def __init__(self) -> None:
        self.came: list[dict[str, Any]] = []
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: Echo
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        came = {
            "method": self.command,
            "target": self.path,
            "headers": [list(pair) for pair in self.headers.items()],
            "body": base64.b64encode(body).decode(),
        }
        self.owner.came.append(came)
        status, headers, payload = self._answer(came)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(payload)

    def _answer(self, came: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        as_json = [("Content-Type", "application/json")]
        match self.path.partition("?")[0]:
            case "/gzip":
                packed = gzip.compress(b'{"packed": true}')
                return 200, [*as_json, ("Content-Encoding", "gzip")], packed
            case "/binary":
                return 200, [("Content-Type", "application/octet-stream")], PAYLOAD
            case "/repeated":
                links = [("Link", "<a>; rel=next"), ("Link", "<b>; rel=prev")]
                return 200, [*as_json, *links, ("X-Name", "caf\u00e9")], b"{}"
            case "/cookies":
                cookies = [("Set-Cookie", "factotum_session=stolen"), ("Alt-Svc", 'h3=":443"')]
                return 200, [*as_json, *cookies], b"{}"
            case "/empty":
                return 204, [], b""
            case "/problem":
                return 404, as_json, b'{"theirs": true}'
        return 200, as_json, json.dumps(came).encode()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:
        pass
