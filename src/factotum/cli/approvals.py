"""``factotum approvals`` and ``factotum approve``: what bots ask people for before they go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from factotum.cli.runs import tell_if_nobody_walks
from factotum.cli.session import ACTOR, ask, json_option, show_json

if TYPE_CHECKING:
    from factotum.runs.approvals import Approval
    from factotum.usecases.app import App
    from factotum.usecases.approval_desk import Asked


@click.command("approvals")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", default="", metavar="KEY", help="Go on after this one.")
@json_option
def approvals(limit: int, after: str, as_json: bool) -> None:
    """List what runs ask for before they go on, that of the oldest run first."""
    found = ask(lambda app: app.approvals(ACTOR, limit=limit, after=after))
    if as_json:
        show_json([_approval_json(one.approval) for one in found.items])
        return
    for one in found.items:
        click.echo(_line(one))
    if not found.items:
        click.echo("There are none.", err=True)
    if found.cursor:
        click.echo(f"There are more: --after {found.cursor}", err=True)


@click.command("approve")
@click.argument("key")
@click.option("--refuse", is_flag=True, help="Refuse it instead.")
@click.option("--comment", default="", help="The behavior can read it; it is kept with the run.")
@json_option
def approve(key: str, refuse: bool, comment: str, as_json: bool) -> None:
    """Approve what the run asks for under KEY of `factotum approvals`; the run goes on."""
    outcome = "refused" if refuse else "approved"

    async def work(app: App) -> tuple[Asked, int]:
        return await app.decide(ACTOR, key, outcome, comment), await app.other_processes()

    said, others = ask(work)
    if as_json:
        show_json(_approval_json(said.approval))
    else:
        is_held = said.run.wait_code == "held"
        then = "it goes on when it is resumed" if is_held else "its run goes on"
        click.echo(f"{outcome.capitalize()}; {then}.")
    tell_if_nobody_walks(said.run, others)


def _line(one: Asked) -> str:
    asked = one.approval
    until = f"  (refused at {_at(asked.expires_at)})" if asked.expires_at else ""
    message = " ".join(asked.message.split())
    shown = message if len(message) <= 200 else f"{message[:200]}…"
    return f"{asked.key}  {_at(asked.asked_at)}  {shown}  ({one.run.title}){until}"


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _approval_json(asked: Approval) -> dict[str, Any]:
    return {
        "key": asked.key,
        "run_id": asked.run_id,
        "message": asked.message,
        "worker_id": asked.worker_id,
        "asked_at": asked.asked_at,
        "expires_at": asked.expires_at,
        "outcome": asked.outcome or None,
        "said_by": asked.said_by or None,
        "comment": asked.comment or None,
    }


COMMANDS = (approvals, approve)
