"""``factotum doctor`` and ``factotum migrate``."""

from __future__ import annotations

import sys

import click

from factotum.cli.session import ask, json_option, show_json


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database to this version."""
    from factotum import preparation

    applied = preparation.migrate()
    if as_json:
        show_json({"applied": applied})
    else:
        click.echo(f"Applied {len(applied)} migrations." if applied else "Nothing to do.")


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check settings, keys, the callback address and accounts; says what to do."""
    checks = ask(lambda app: app.doctor())
    if as_json:
        show_json([check.as_json() for check in checks])
    else:
        for check in checks:
            click.echo(f"{'ok  ' if check.is_good else 'FIX '}  {check.title}: {check.sentence}")
    if not all(check.is_good for check in checks):
        sys.exit(1)


COMMANDS = (doctor, migrate)
