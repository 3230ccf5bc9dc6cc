"""``factotum demo``: the product with the sandbox beside it, standing in for X."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from factotum.cli.servers import migrate_quietly, serve_here
from factotum.cli.session import ACTOR, ask
from factotum.core.errors import FactotumError
from factotum.usecases.app import App

START_SECONDS = 20  # how long the sandbox may take to listen
PACKAGE = "x"


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--sandbox-port", default=8100, show_default=True)
@click.option("--data", metavar="DIR", help="Folder for everything kept; like FACTOTUM_DATA.")
def demo(port: int, sandbox_port: int, data: str | None) -> None:
    """Serve Factotum with the sandbox beside it, standing in for X; nothing leaves this machine."""
    if data:
        os.environ["FACTOTUM_DATA"] = data
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    os.environ["FACTOTUM_SANDBOX_URL"] = sandbox_url
    _allow(f"127.0.0.1:{sandbox_port}")
    with _sandbox(sandbox_port):
        migrate_quietly(port)
        _import_x(sandbox_url)
        click.echo(f"Sandbox:   {sandbox_url}/  (stands in for X)")
        serve_here("127.0.0.1", port)


def _allow(host: str) -> None:
    allowed = os.environ.get("FACTOTUM_ALLOW_HOSTS", "")
    os.environ["FACTOTUM_ALLOW_HOSTS"] = f"{allowed},{host}" if allowed else host


@contextlib.contextmanager
def _sandbox(port: int) -> Iterator[None]:
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


def _import_x(sandbox_url: str) -> None:
    """The library's X package with an app of its own at the sandbox, where it is not there yet."""

    async def work(app: App) -> None:
        found = await app.find(ACTOR, "connected_service", "", limit=1)
        if found.records:
            return  # somebody has begun: the demo adds nothing to what they made
        keys = _register(sandbox_url, f"{os.environ['FACTOTUM_BASE_URL']}/oauth/callback")
        answers = {
            "prompt_client_id": keys["consumer_key"],
            "prompt_client_secret": keys["consumer_secret"],
        }
        await app.import_package(ACTOR, app.library_package(PACKAGE), answers, on_existing="skip")

    ask(work)


def _register(sandbox_url: str, callback_url: str) -> dict[str, Any]:
    """An app at the sandbox; its keys."""
    wanted = {
        "name": "Factotum demo",
        "callback_urls": [callback_url],
        "consumer_key": secrets.token_urlsafe(16),
        "consumer_secret": secrets.token_urlsafe(32),
    }
    request = urllib.request.Request(  # noqa: S310  the sandbox we have just started
        f"{sandbox_url}/_sandbox/apps",
        json.dumps(wanted).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        return wanted


COMMANDS = (demo,)
