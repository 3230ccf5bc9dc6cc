"""``factotum serve``, ``factotum worker`` and ``factotum sandbox``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import click

from factotum.cli.listening import check_free, listen
from factotum.cli.serving import serve_on, serve_part
from factotum.cli.stopping import Stop
from factotum.cli.supervising import supervise
from factotum.config import load
from factotum.core.errors import Refused
from factotum.part import part_in

port_option = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
data_option = click.option(
    "--data", metavar="DIR", help="Folder for everything kept; like FACTOTUM_DATA."
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@port_option
@data_option
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes answer at this address, each on a core of its own.",
)
def serve(host: str, port: int, data: str | None, processes: int) -> None:
    """Serve pages, API and webhooks."""
    use(port, data)
    part = part_in(os.environ)
    if part is not None:
        serve_part(part)
    elif processes > 1:
        sys.exit(supervise(host, port, processes))
    else:
        _serve_alone(host, port)


def _serve_alone(host: str, port: int) -> None:
    from factotum import preparation

    stop = Stop()
    with listen(host, port) as listener:
        preparation.migrate()
        serve_on(listener, stop)


@click.command()
def worker() -> None:
    """Walk runs beside the server: one more process, on PostgreSQL."""
    config = load(os.environ)
    if config.is_sqlite:
        raise Refused(
            "On SQLite the server walks all runs itself. More processes need PostgreSQL: set "
            "FACTOTUM_DATABASE_URL, and the same root key."
        )
    import uvloop

    from factotum.preparation import make_ready

    make_ready()
    uvloop.run(_work(config.concurrency))


async def _work(at_once: int) -> None:
    from factotum.bootstrap import running

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(serving=True):
        click.echo(f"Working: {at_once} runs at once. Ctrl-C stops it.")
        sys.stdout.flush()
        await stop.wait()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8100, show_default=True)
@click.option("--state", type=click.Path(path_type=Path), help="File that keeps its state.")
def sandbox(host: str, port: int, state: Path | None) -> None:
    """Serve a stand-in for X: consent pages, v1.1 and v2 endpoints, limits, errors."""
    from factotum.sandbox import server
    from factotum.sandbox.state import BadStateFile

    check_free(host, port)
    click.echo(f"Sandbox:  http://{host}:{port}/")
    sys.stdout.flush()
    try:
        server.run(host, port, str(state) if state else None)
    except BadStateFile as error:
        raise Refused(str(error)) from None


def use(port: int, data: str | None) -> None:
    """Settle what the options say where no setting does."""
    if data:
        os.environ["FACTOTUM_DATA"] = data
    os.environ.setdefault("FACTOTUM_BASE_URL", f"http://127.0.0.1:{port}")


COMMANDS = (serve, worker, sandbox)
