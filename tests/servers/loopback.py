"""A real HTTP server on a free loopback port, answering from a thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; ``headers`` names are lower case."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Answered:
    status: int = 200
    body: str | bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class LoopbackServer:
    """Subclasses say what is answered; ``asked`` keeps all requests, ``faults`` go first.

    ``faults[path]`` is a list of answers given to the next requests at that path, before
    ``answer`` is asked at all.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.faults: dict[str, list[Answered]] = {}
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def answer(self, asked: Asked) -> Answered:
        raise NotImplementedError

    def fail_next(self, path: str, answered: Answered) -> None:
        self.faults.setdefault(path, []).append(answered)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: LoopbackServer
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, f"{self.owner.base_url}{self.path}", headers, body)
        self.owner.asked.append(asked)
        waiting = self.owner.faults.get(asked.path)
        answered = waiting.pop(0) if waiting else self.owner.answer(asked)
        payload = answered.body.encode() if isinstance(answered.body, str) else answered.body
        self.send_response(answered.status)
        for name, value in answered.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle  # noqa: N815 - http.server's names

    def date_time_string(self, timestamp=None) -> str:
        return getattr(self.owner, "date", None) or super().date_time_string(timestamp)

    def log_message(self, format: str, *args: object) -> None:
        pass
