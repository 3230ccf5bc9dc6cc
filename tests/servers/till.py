"""A payments service that honours idempotency keys as Stripe does, and fails in the ways that matter."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = tuple[int, dict[str, Any]]
UNDER_WAY = (409, {"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}})
ANOTHER = (400, {"error": {"type": "idempotency_error", "message": "Other parameters."}})


@dataclass
class Kept:
    """What stands under a key; no answer yet while the first request is under way."""

    parameters: tuple[str, bytes]
    answer: Answer | None = None


@dataclass(frozen=True)
class Came:
    path: str
    key: str | None
    body: bytes
    headers: dict[str, str] = field(repr=False)


class Till:
    """Every POST makes a charge, once a key; ``came`` is all that arrived, ``charges`` what was made.

    ``faults`` befall the next requests, one each: ``cut-before`` (the connection ends, nothing was
    made), ``cut-after`` (it was made, no answer), ``held`` (made, answered when ``let_go`` is set; under
    way until then), or a status that is answered in front of the keys. ``broken`` answers 500, which is
    kept under the key as any answer is. Every GET draws the next number: ``drawn`` so far.
    """

    def __init__(self) -> None:
        self.came: list[Came] = []
        self.charges: list[dict[str, Any]] = []
        self.drawn = 0
        self.faults: deque[str | int] = deque()
        self.let_go = threading.Event()
        self._kept: dict[str, Kept] = {}
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"till": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def keys(self) -> list[str | None]:
        return [each.key for each in self.came]

    def prune(self) -> None:
        """Forget every key, as a service does when its time is over."""
        self._kept.clear()

    def answer(self, came: Came) -> tuple[Answer, bool] | None:
        """The answer and whether it was given before; None where the connection ends."""
        with self._lock:
            self.came.append(came)
            fault = self.faults.popleft() if self.faults else ""
            if isinstance(fault, int):
                return (fault, {"error": {"type": "api_error"}}), False
            if fault == "cut-before":
                return None
            if came.key in self._kept:
                return self._again(self._kept[came.key], came)
            kept = Kept((came.path, came.body))
            if came.key is not None:
                self._kept[came.key] = kept
            made = self._make(came, fault)
        if fault == "held":
            self.let_go.wait(30)
        kept.answer = made
        return None if fault == "cut-after" else (made, False)

    def draw(self) -> Answer:
        """Another number each time."""
        with self._lock:
            self.drawn += 1
            return 200, {"number": self.drawn}

    def _make(self, came: Came, fault: str) -> Answer:
        if fault == "broken":
            return 500, {"error": {"type": "api_error"}}
        charge = {"id": f"ch_{len(self.charges) + 1}", "parameters": came.body.decode()}
        self.charges.append(charge)
        return 200, charge

    def _again(self, kept: Kept, came: Came) -> tuple[Answer, bool]:
        if kept.parameters != (came.path, came.body):
            return ANOTHER, False
        if kept.answer is None:
            return UNDER_WAY, False
        return kept.answer, True


class _Handler(BaseHTTPRequestHandler):
    till: Till
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        came = Came(self.path, headers.get("idempotency-key"), body, headers)
        answered = self.till.answer(came)
        if answered is None:
            self.close_connection = True
            return
        self._say(*answered)

    def do_GET(self) -> None:
        self._say(self.till.draw(), False)

    def _say(self, answer: Answer, is_again: bool) -> None:
        status, said = answer
        payload = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        if is_again:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:
        pass
