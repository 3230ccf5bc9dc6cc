"""``factotum user`` and ``factotum token``."""

from __future__ import annotations

import sys

import click

from factotum.cli.session import ACTOR, ask, json_option, show_json


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="May set everything up.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
def add(name: str, admin: bool, password_stdin: bool, as_json: bool) -> None:
    """Add NAME; prints a one-time sign-in link unless a password is given."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    if password_stdin and not password:
        raise click.UsageError("--password-stdin: standard input was empty.")
    worker = ask(lambda app: app.add_worker(ACTOR, name, is_admin=admin, password=password))
    link = "" if password else ask(lambda app: app.create_sign_in_link(ACTOR, worker.id))
    if as_json:
        show_json({"id": worker.id, "name": name, "is_admin": admin, "sign_in_link": link or None})
    else:
        click.echo(f"Added {name}.")
        if link:
            click.echo(f"Sign in once with: {link}")


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("create")
@click.option("--scope", "scopes", multiple=True, help="read, write, run, call; default all.")
@click.option("--name", default="cli", help="What it is for.")
@click.option(
    "--user", "worker", default="", help="Whose rights it has; default the product's own."
)
@json_option
def create(scopes: tuple[str, ...], name: str, worker: str, as_json: bool) -> None:
    """Make a token and print it; it is shown this once."""
    secret = ask(
        lambda app: app.create_token(ACTOR, name=name, scopes=scopes or ("*",), worker_name=worker)
    )
    if as_json:
        show_json({"token": secret, "name": name, "scopes": list(scopes or ("*",))})
    else:
        click.echo(secret)


COMMANDS = (user, token)
