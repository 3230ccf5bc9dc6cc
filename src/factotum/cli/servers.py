"""``factotum serve`` and ``factotum sandbox``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import uvicorn

from factotum.cli.session import ACTOR, ask


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--data", metavar="DIR", help="Folder for everything kept; like FACTOTUM_DATA.")
def serve(host: str, port: int, data: str | None) -> None:
    """Serve pages, API and webhooks."""
    if data:
        os.environ["FACTOTUM_DATA"] = data
    serve_here(host, port)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8100, show_default=True)
@click.option("--state", type=click.Path(path_type=Path), help="File that keeps its state.")
def sandbox(host: str, port: int, state: Path | None) -> None:
    """Serve a stand-in for X: consent pages, v1.1 and v2 endpoints, limits, errors."""
    from factotum.sandbox import server  # noqa: PLC0415  only this command needs it

    server.run(host, port, str(state) if state else None)


def serve_here(host: str, port: int) -> None:
    """Serve until stopped; prints the address, and a one-time link while nobody can sign in."""
    migrate_quietly(port)
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


def migrate_quietly(port: int) -> None:
    """Settle the address and bring the database to this version."""
    os.environ.setdefault("FACTOTUM_BASE_URL", f"http://127.0.0.1:{port}")
    from factotum import bootstrap  # noqa: PLC0415  reads the settings made above

    bootstrap.migrate()


COMMANDS = (serve, sandbox)
