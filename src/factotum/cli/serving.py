"""The server of one process: alone at its address, or one part of several (``cli.supervising``)."""

from __future__ import annotations

import faulthandler
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from factotum.cli.heartbeat import Heartbeat
from factotum.cli.session import ACTOR, ask
from factotum.cli.stopping import Stop
from factotum.config import load
from factotum.part import READY, SERVES, Part

if TYPE_CHECKING:
    import uvicorn


def serve_on(listener: socket.socket, stop: Stop) -> None:
    """Serve until stopped; prints the address, and a one-time link while nobody can sign in."""
    from factotum.bootstrap import get_telemetry

    stop.ends(_server())
    _tell_address()
    get_telemetry().open()
    stop.serve(listener)


def serve_part(part: Part) -> None:
    """Serve beside others; end with the one that began them all, too."""
    from factotum import preparation

    stop = Stop()
    faulthandler.register(signal.SIGUSR1)  # asked of who hangs, before it is killed
    orphaned = _end_with_parent(part, stop)
    with socket.socket(fileno=part.listener) as listener:
        if part.is_beginning:
            preparation.migrate()
            part.tell(READY)
        stop.ends(_server(told=lambda: _serves(part)))
        if part.is_beginning:
            _tell_address()
        stop.serve(listener)
    if orphaned.is_set():
        shutil.rmtree(part.shared, ignore_errors=True)  # nobody else is left to do it


def _serves(part: Part) -> None:
    part.tell(SERVES)
    Heartbeat(part.shared, part.number).start()


def _server(told: Callable[[], None] | None = None) -> uvicorn.Server:
    """For the application; ``told`` is called once it takes requests."""
    import uvicorn

    async def tell_once() -> None:
        config.callback_notify = None
        if told is not None:
            told()

    proxies = load(os.environ).trusted_proxies
    config = uvicorn.Config(
        "factotum.web.asgi:application",
        http="factotum.web.wire:BoundedProtocol",
        ws="none",
        lifespan="on",  # what cannot be opened stops the start
        log_config=None,  # the product's own, which FACTOTUM_LOG chooses
        access_log=False,  # addresses may hold one-time links
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=10,
        callback_notify=tell_once,  # uvicorn does it first when it has begun
    )
    return uvicorn.Server(config)


def _tell_address() -> None:
    click.echo(f"Factotum:  {os.environ['FACTOTUM_BASE_URL']}/")
    link = ask(lambda app: app.first_run_link(ACTOR))
    if link:
        click.echo(f"Sign in once with:  {link}")
    sys.stdout.flush()


def _end_with_parent(part: Part, stop: Stop) -> threading.Event:
    """Stop as a signal would once the parent has gone, however it went: its end of a pipe closes.

    Who takes no requests yet ends at once, and lets go of the port for whoever follows.
    """
    is_orphaned = threading.Event()

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        is_orphaned.set()
        if not stop.has_begun:
            shutil.rmtree(part.shared, ignore_errors=True)
            os._exit(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
    return is_orphaned
