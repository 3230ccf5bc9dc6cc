"""``factotum demo``: the product with the sandbox beside it, standing in for X."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from factotum.cli.listening import check_free, listen
from factotum.cli.servers import data_option, port_option, use
from factotum.cli.serving import serve_on
from factotum.cli.session import ACTOR, ask
from factotum.cli.stopping import Stop
from factotum.core.errors import FactotumError

if TYPE_CHECKING:
    from factotum.usecases.app import App

START_SECONDS = 20  # how long the sandbox may take to listen
PACKAGE = "x"
APP_NAME = "Factotum demo"
BELONGS = (
    "FACTOTUM_DATA",
    "FACTOTUM_SANDBOX_URL",
    "FACTOTUM_ALLOW_HOSTS",
    "FACTOTUM_BASE_URL",
)


@click.command()
@port_option
@click.option("--sandbox-port", type=click.IntRange(1, 65535), default=8100, show_default=True)
@data_option
def demo(port: int, sandbox_port: int, data: str | None) -> None:
    """Serve Factotum with the sandbox beside it, standing in for X; nothing leaves this machine."""
    from factotum import preparation

    use(port, data)
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    os.environ["FACTOTUM_SANDBOX_URL"] = sandbox_url
    _allow(f"127.0.0.1:{sandbox_port}")
    stop = Stop()
    with listen("127.0.0.1", port) as listener:
        preparation.migrate()
        with _sandbox(sandbox_port):
            _import_x(sandbox_url)
            click.echo(f"Sandbox:   {sandbox_url}/  (stands in for X)")
            click.echo(f"Commands in another terminal need:  export {_settings()}")
            serve_on(listener, stop)


def _settings() -> str:
    """What makes a command belong to this demo: without it, it would ask the real X."""
    folder = Path(os.environ.get("FACTOTUM_DATA") or "factotum-data").absolute()
    settings = {**os.environ, "FACTOTUM_DATA": str(folder)}
    return " ".join(f"{name}={shlex.quote(settings[name])}" for name in BELONGS)


def _allow(host: str) -> None:
    allowed = os.environ.get("FACTOTUM_ALLOW_HOSTS", "")
    os.environ["FACTOTUM_ALLOW_HOSTS"] = f"{allowed},{host}" if allowed else host


@contextlib.contextmanager
def _sandbox(port: int) -> Iterator[None]:
    try:
        check_free("127.0.0.1", port)
    except FactotumError as error:
        raise FactotumError(str(error).replace("--port", "--sandbox-port")) from None
    state = Path(os.environ.get("FACTOTUM_DATA") or "factotum-data").absolute() / "sandbox.json"
    command = [sys.executable, "-m", "factotum.sandbox", "--port", str(port), "--state", str(state)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  our own module
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
            raise FactotumError("The sandbox did not start; what it says above tells why.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise FactotumError(f"The sandbox did not listen on port {port} in {START_SECONDS} s.")


def _import_x(sandbox_url: str) -> None:
    """The library's X package with an app of its own at the sandbox, where it is not there yet."""
    callback_url = f"{os.environ['FACTOTUM_BASE_URL'].rstrip('/')}/oauth/callback"

    async def work(app: App) -> None:
        found = await app.find(ACTOR, "connected_service", "", limit=1)
        if found.records:  # somebody has begun: the demo adds nothing to what they made
            _register(sandbox_url, callback_urls=[callback_url])  # the port may be another
            return
        keys = {
            "consumer_key": secrets.token_urlsafe(16),
            "consumer_secret": secrets.token_urlsafe(32),
        }
        _register(sandbox_url, callback_urls=[callback_url], **keys)
        answers = {
            "prompt_client_id": keys["consumer_key"],
            "prompt_client_secret": keys["consumer_secret"],
        }
        await app.import_package(ACTOR, app.library_package(PACKAGE), answers, on_existing="skip")

    ask(work)


def _register(sandbox_url: str, **app: Any) -> None:
    """Make the demo's app at the sandbox, or bring it up to date."""
    import urllib.request

    request = urllib.request.Request(  # noqa: S310  the sandbox we have just started
        f"{sandbox_url}/_sandbox/apps",
        json.dumps({"name": APP_NAME, **app}).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


COMMANDS = (demo,)
