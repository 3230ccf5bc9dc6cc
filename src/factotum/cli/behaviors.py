"""``factotum run``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from factotum.cli.runs import run_json, show_run_text, tell_if_nobody_walks
from factotum.cli.session import ACTOR, ask, json_option, named_record, settings, show_json
from factotum.core.queueing import NORMAL

if TYPE_CHECKING:
    from factotum.usecases.app import App
    from factotum.usecases.run_view import RunView


@click.command()
@click.argument("behavior")
@click.option("--set", "pairs", multiple=True, metavar="VAR=VALUE", help="Set a public variable.")
@click.option(
    "--event",
    "said",
    multiple=True,
    metavar="KEY=VALUE",
    help="What its event asks; a webhook: method, headers, body, query, path, client_ip.",
)
@click.option("--simulate", is_flag=True, help="Show what it would do.")
@click.option("--no-wait", is_flag=True, help="Queue it for the server, and print the run's id.")
@click.option(
    "--priority", type=int, help="With --no-wait: what goes first, from 1 (before all) to 1000."
)
@click.option(
    "--deadline", type=float, metavar="SECONDS", help="With --no-wait: after them it does nothing."
)
@json_option
def run(
    behavior: str,
    pairs: tuple[str, ...],
    said: tuple[str, ...],
    simulate: bool,
    no_wait: bool,
    priority: int | None,
    deadline: float | None,
    as_json: bool,
) -> None:
    """Run BEHAVIOR by hand and show what it did."""
    if simulate and no_wait:
        raise click.UsageError("A simulation is over at once: leave out --no-wait.")
    values, event = settings(pairs), settings(said, option="--event")

    async def work(app: App) -> tuple[RunView, int]:
        record = await named_record(app, "behavior", behavior)
        view = await app.run_behavior(
            ACTOR,
            record.id,
            values,
            simulate=simulate,
            wait=not no_wait,
            event=event,
            priority=NORMAL if priority is None else priority,
            seconds=deadline,
        )
        return view, await app.other_processes() if no_wait else 0

    view, others = ask(work)
    if as_json:
        show_json(run_json(view))
    elif no_wait:
        click.echo(view.id)
    else:
        show_run_text(view)
    tell_if_nobody_walks(view.run, others)
    if view.status in {"failed", "interrupted"}:
        sys.exit(1)


COMMANDS = (run,)
