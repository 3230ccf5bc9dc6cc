"""``factotum serve``, ``sandbox`` and ``demo``."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import uvicorn

from factotum.cli.session import ACTOR, ask
from factotum.core.errors import FactotumError

START_SECONDS = 20  # how long the sandbox may take to listen


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--data", metavar="DIR", help="Folder for everything kept; like FACTOTUM_DATA.")
def serve(host: str, port: int, data: str | None) -> None:
    """Serve pages, API and webhooks."""
    if data:
        os.environ["FACTOTUM_DATA"] = data
    _serve(host, port)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8100, show_default=True)
@click.option("--state", type=click.Path(path_type=Path), help="File that keeps its state.")
def sandbox(host: str, port: int, state: Path | None) -> None:
    """Serve a stand-in for X: consent pages, v1.1 and v2 endpoints, limits, errors."""
    from factotum.sandbox import server  # noqa: PLC0415  only this command needs it

    server.run(host, port, state)


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--sandbox-port", default=8100, show_default=True)
@click.option("--data", metavar="DIR", help="Folder for everything kept; like FACTOTUM_DATA.")
def demo(port: int, sandbox_port: int, data: str | None) -> None:
    """Serve Factotum with the sandbox beside it, standing in for X; nothing leaves this machine."""
    if data:
        os.environ["FACTOTUM_DATA"] = data
    os.environ["FACTOTUM_SANDBOX_URL"] = f"http://127.0.0.1:{sandbox_port}"
    _add_allowed_host(f"127.0.0.1:{sandbox_port}")
    with _sandbox_process(sandbox_port):
        _migrate_quietly(port)
        _import_x(sandbox_port)
        click.echo(f"Sandbox (stands in for X):  http://127.0.0.1:{sandbox_port}/")
        _serve("127.0.0.1", port)


def _serve(host: str, port: int) -> None:
    _migrate_quietly(port)
    base = os.environ["FACTOTUM_BASE_URL"]
    click.echo(f"Factotum:  {base}/")
    link = ask(lambda app: app.first_run_link(ACTOR))
    if link:
        click.echo(f"Sign in once with:  {link}")
    sys.stdout.flush()
    uvicorn.run(
        "factotum.web.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        access_log=False,  # addresses may hold one-time links
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=10,
    )


def _migrate_quietly(port: int) -> None:
    os.environ.setdefault("FACTOTUM_BASE_URL", f"http://127.0.0.1:{port}")
    from factotum import bootstrap  # noqa: PLC0415  reads the settings made above

    bootstrap.migrate()


def _add_allowed_host(host: str) -> None:
    allowed = os.environ.get("FACTOTUM_ALLOW_HOSTS", "")
    os.environ["FACTOTUM_ALLOW_HOSTS"] = f"{allowed},{host}" if allowed else host


@contextlib.contextmanager
def _sandbox_process(port: int) -> Iterator[None]:
    state = Path(os.environ.get("FACTOTUM_DATA") or "factotum-data").absolute() / "sandbox.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "factotum.sandbox", "--port", str(port), "--state", str(state)]
    process = subprocess.Popen(command)  # noqa: S603  our own module
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise FactotumError(f"The sandbox did not start; is port {port} in use?")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise FactotumError(f"The sandbox did not listen on port {port} in {START_SECONDS} s.")


def _import_x(sandbox_port: int) -> None:
    ask(lambda app: app.import_demo(ACTOR, f"http://127.0.0.1:{sandbox_port}"))


COMMANDS = (serve, sandbox, demo)
