"""``factotum run``."""

from __future__ import annotations

import sys

import click

from factotum.cli.listing import run_json, show_run_text
from factotum.cli.session import ACTOR, ask, json_option, named_record, settings, show_json
from factotum.usecases.app import App
from factotum.usecases.run_view import RunView


@click.command()
@click.argument("behavior")
@click.option("--set", "pairs", multiple=True, metavar="VAR=VALUE", help="Set a public variable.")
@click.option("--simulate", is_flag=True, help="Show what it would do.")
@click.option("--no-wait", is_flag=True, help="Print the run's id when it has started.")
@json_option
def run(
    behavior: str, pairs: tuple[str, ...], simulate: bool, no_wait: bool, as_json: bool
) -> None:
    """Run BEHAVIOR by hand and show what it did."""
    values = settings(pairs)

    async def work(app: App) -> RunView:
        record = await named_record(app, "behavior", behavior)
        return await app.run_behavior(ACTOR, record.id, values, simulate=simulate, wait=not no_wait)

    view = ask(work)
    if as_json:
        show_json(run_json(view))
    elif no_wait:
        click.echo(view.id)
    else:
        show_run_text(view)
    if view.status in {"failed", "interrupted"}:
        sys.exit(1)


COMMANDS = (run,)
