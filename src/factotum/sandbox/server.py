"""Running the sandbox on a port of its own: in the foreground, or in a thread for tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from factotum.sandbox.app import create_app
from factotum.sandbox.cut import CuttableProtocol
from factotum.sandbox.state import State

DEFAULT_PORT = 8100


def build(state: State, host: str, port: int, *, log_level: str = "warning") -> uvicorn.Server:
    """Make a server that is not running yet."""
    config = uvicorn.Config(
        create_app(state),
        host=host,
        port=port,
        http=CuttableProtocol,
        ws="none",
        lifespan="off",
        log_level=log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def run(host: str = "127.0.0.1", port: int = DEFAULT_PORT, state_file: str | None = None) -> None:
    """Serve until interrupted; raises BadStateFile where the file cannot be read."""
    state = State(Path(state_file) if state_file else None)
    with suppress(KeyboardInterrupt):  # uvicorn raises it anew once it has stopped
        build(state, host, port, log_level="info").run()


@dataclass(frozen=True)
class Running:
    """A sandbox that answers at ``url``; ``state`` may be looked at and changed meanwhile."""

    url: str
    state: State


@contextmanager
def running(
    state: State | None = None, host: str = "127.0.0.1", port: int = 0
) -> Iterator[Running]:
    """Serve from a thread, on a free port unless one is said, until the block ends."""
    state = state or State()
    with socket.create_server((host, port)) as listener:
        bound = listener.getsockname()[1]
        server = build(state, host, bound)
        thread = threading.Thread(target=server.run, args=([listener],), name="x-sandbox")
        thread.start()  # connections made before it accepts wait in the listener's queue
        try:
            yield Running(f"http://{host}:{bound}", state)
        finally:
            server.should_exit = True
            thread.join()
