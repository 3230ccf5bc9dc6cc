"""``factotum run``."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import click

from factotum.cli.listing import run_json, show_run_text
from factotum.cli.session import ACTOR, ask, json_option, named_record, settings, show_json

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
@click.option("--no-wait", is_flag=True, help="Print the run's id when it has started.")
@click.option("--apart", is_flag=True, hidden=True, help="What --no-wait leaves behind.")
@json_option
def run(
    behavior: str,
    pairs: tuple[str, ...],
    said: tuple[str, ...],
    simulate: bool,
    no_wait: bool,
    apart: bool,
    as_json: bool,
) -> None:
    """Run BEHAVIOR by hand and show what it did."""
    values, event = settings(pairs), settings(said, option="--event")
    if no_wait:
        _leave_behind()

    async def work(app: App) -> RunView:
        record = await named_record(app, "behavior", behavior)
        view = await app.run_behavior(
            ACTOR, record.id, values, simulate=simulate, wait=not apart, event=event
        )
        if apart:  # said now: the program itself ends with the run
            _show_started(view, as_json=as_json)
        return view

    view = ask(work)
    if apart:
        return
    if as_json:
        show_json(run_json(view))
    else:
        show_run_text(view)
    if view.status in {"failed", "interrupted"}:
        sys.exit(1)


def _show_started(view: RunView, *, as_json: bool) -> None:
    if as_json:
        show_json(run_json(view))
    else:
        click.echo(view.id)
    sys.stdout.flush()
    sys.stdout.close()


def _leave_behind() -> None:
    """The same command in a process that stays until the run has ended; ends this one."""
    arguments = ["--apart" if each == "--no-wait" else each for each in sys.argv[1:]]
    process = subprocess.Popen(  # noqa: S603  our own module, the caller's own arguments
        [sys.executable, "-m", "factotum", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    told = process.stdout.read() if process.stdout else ""
    click.echo(told, nl=False)
    if told:
        sys.stdout.flush()
        sys.exit(0)
    _, complaint = process.communicate()
    click.echo(complaint, err=True, nl=False)
    sys.exit(process.returncode or 1)


COMMANDS = (run,)
