"""``factotum runs``: look at runs, stop and wake them, say what nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any

import click

from factotum.cli.session import ACTOR, ask, json_option, show_json
from factotum.usecases.run_cost import cost_of_run

if TYPE_CHECKING:
    from factotum.runs.run import EffectRow, Run
    from factotum.usecases.app import App
    from factotum.usecases.run_control import Unsettled
    from factotum.usecases.run_view import RunView

SHOWN = ("under-way", "waiting", "failed", "unknown")
NOBODY_WALKS = "Nothing walks runs now: start `factotum serve`, and it goes on."
OUTCOMES = ("happened", "not-done", "given-up")


@click.group("runs", invoke_without_command=True)
@json_option
@click.pass_context
def runs(context: click.Context, as_json: bool) -> None:
    """List, show and steer runs."""
    context.obj = as_json
    if context.invoked_subcommand is None:
        context.invoke(list_runs, limit=50, after="", show=None, as_json=as_json)


@runs.command("list")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", default="", metavar="ID", help="Go on after this run.")
@click.option("--show", type=click.Choice(SHOWN), help="Only these.")
@json_option
@click.pass_obj
def list_runs(for_all: bool, limit: int, after: str, show: str | None, as_json: bool) -> None:
    """List runs, newest first."""
    found = ask(lambda app: app.runs(ACTOR, limit=limit, after=after, show=show or ""))
    if as_json or for_all:
        show_json([_run_line(run) for run in found.runs])
        return
    for run in found.runs:
        more = f"{_wait(run)}{_refused(run)}"
        click.echo(f"{run.id}  {_at(run.started_at)}  {run.status:<11}  {run.title}{more}")
    if found.cursor:
        click.echo(f"There are older ones: --after {found.cursor}", err=True)


@runs.command("show")
@click.argument("run_id", metavar="ID")
@json_option
@click.pass_obj
def show_run(for_all: bool, run_id: str, as_json: bool) -> None:
    """Show one run with its steps."""
    view = ask(lambda app: app.run_view(ACTOR, run_id))
    if as_json or for_all:
        show_json(run_json(view))
    else:
        show_run_text(view)


def _steer(name: str, about: str, told: str) -> None:
    @runs.command(name, help=about)
    @click.argument("run_id", metavar="ID")
    @json_option
    @click.pass_obj
    def steer(for_all: bool, run_id: str, as_json: bool) -> None:
        async def work(app: App) -> tuple[Run, int]:
            verb = getattr(app, f"{name}_run")
            return await verb(ACTOR, run_id), await app.other_processes()

        run, others = ask(work)
        if as_json or for_all:
            show_json(_run_line(run))
        else:
            click.echo(STOPPING if run.is_stopping else told)
        tell_if_nobody_walks(run, others)


STOPPING = "It stops after the step it is in."

_steer("cancel", "End a run; what it has done stays done.", "Cancelled.")
_steer("hold", "Let a run go no further until it is resumed.", "Held. `factotum runs resume` it.")
_steer("resume", "Let a held or waiting run go on now.", "It goes on.")
_steer("retry", "Let a failed run go on from the request that failed.", "It goes on.")


@runs.command("unknown")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--after", default="", metavar="KEY", help="Go on after this one.")
@json_option
@click.pass_obj
def list_unknown(for_all: bool, limit: int, after: str, as_json: bool) -> None:
    """List requests of which nobody knows whether they happened, the oldest first."""
    found = ask(lambda app: app.unsettled(ACTOR, limit=limit, after=after))
    if as_json or for_all:
        show_json([_effect_json(one.effect) for one in found.items])
        return
    for one in found.items:
        click.echo(_unknown_line(one))
    if not found.items:
        click.echo("There are none.", err=True)
    if found.cursor:
        click.echo(f"There are more: --after {found.cursor}", err=True)


@runs.command("settle")
@click.argument("key")
@click.argument("outcome", type=click.Choice(OUTCOMES))
@click.option("--id", "made", default="", help="What the service calls what was made.")
@json_option
@click.pass_obj
def settle(for_all: bool, key: str, outcome: str, made: str, as_json: bool) -> None:
    """Say what has become of the request KEY of `factotum runs unknown`.

    A run that waits for it goes on: `not-done` sends it again.
    """

    async def work(app: App) -> tuple[EffectRow, Run, int]:
        effect = await app.settle(ACTOR, key, outcome, made)
        view = await app.run_view(ACTOR, effect.run_id)
        return effect, view.run, await app.other_processes()

    if made and outcome != "happened":
        raise click.UsageError("--id goes with `happened`.")
    effect, run, others = ask(work)
    if as_json or for_all:
        show_json(_effect_json(effect))
    else:
        goes_on = run.driver == "durable" and run.ended_at is None
        click.echo("Settled; its run goes on." if goes_on else "Settled.")
    tell_if_nobody_walks(run, others)


def tell_if_nobody_walks(run: Run, others: int) -> None:
    """A queued run needs a process that takes it up."""
    if run.status == "queued" and not others:
        click.echo(NOBODY_WALKS, err=True)


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _wait(run: Run) -> str:
    if run.status != "waiting":
        return ""
    return f"  ({run.wait_reason}{f' Until {_at(ceil(run.wake_at))}.' if run.wake_at else ''})"


def _refused(run: Run) -> str:
    from factotum.usecases.run_view import refusing_status

    status = refusing_status(run)
    return f"  (answered {status})" if status else ""


def _unknown_line(one: Unsettled) -> str:
    effect = one.effect
    told = f"{effect.method} {effect.url}  {effect.note}"
    return f"{effect.key}  {_at(effect.intended_at)}  {told}  ({one.run.title})"


def _run_line(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "status": run.status,
        "title": run.title,
        "trigger": run.trigger,
        "driver": run.driver,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "priority": run.priority if run.driver == "durable" else None,
        "deadline": run.deadline,
        "wake_at": run.wake_at,
        "wait_code": run.wait_code or None,
        "wait_reason": run.wait_reason or None,
        "error": run.error or None,
        "code": run.code or None,
    }


def _effect_json(effect: EffectRow) -> dict[str, Any]:
    return {
        "key": effect.key,
        "run_id": effect.run_id,
        "state": effect.state,
        "outcome": effect.outcome or None,
        "method": effect.method,
        "url": effect.url,
        "intended_at": effect.intended_at,
        "note": effect.note,
    }


def run_json(view: RunView) -> dict[str, Any]:
    """A run with steps, effects and final placeholders."""
    return {
        **_run_line(view.run),
        "cost": cost.as_json() if (cost := cost_of_run(view.run, view.steps)) else None,
        "placeholders": dict(view.placeholders),
        "answer": dict(view.run.answer),
        "steps": [
            {"path": s.path, "kind": s.kind, "title": s.title, "status": s.status, "data": s.data}
            for s in view.steps
        ],
        "effects": [_effect_json(effect) for effect in view.effects],
    }


def show_run_text(view: RunView) -> None:
    """A run as lines a person reads."""
    click.echo(f"Run {view.id}: {view.status}{_wait(view.run)}{_refused(view.run)}")
    for step in view.steps:
        answer = step.data.get("response") if step.kind == "http" else None
        code = f" → {answer['status']}" if answer else ""
        click.echo(f"  {step.status:<10}  {step.kind:<9}  {step.title}{code}")
    for effect in view.effects:
        state = f"{effect.state} {effect.outcome}".strip()
        click.echo(f"  effect {state}: {effect.method} {effect.url} {effect.note}".rstrip())
    if cost := cost_of_run(view.run, view.steps):
        would = "would cost at most" if cost.is_estimate else "cost"
        click.echo(f"  {would} {cost.told}")
    if view.error:
        click.echo(f"Failed: {view.error}", err=True)


COMMANDS = (runs,)
