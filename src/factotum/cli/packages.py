"""``factotum import`` and ``factotum export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from factotum.cli.session import ACTOR, ask, json_option, named_record, settings, show_json
from factotum.core.errors import BadInput, BadPackage
from factotum.core.values import Ref

if TYPE_CHECKING:
    from factotum.packages.importer import ImportResult
    from factotum.packages.plan import OnExisting
    from factotum.packages.reach import Reach
    from factotum.usecases.app import App

EXPORTABLE = {
    "bot": "bot",
    "service": "connected_service",
    "account": "connected_account",
    "webhook": "webhook_listener",
}

DONE = {"create": "Imported", "update": "Updated", "skip": "Left"}
PLANNED = {"create": "Would import", "update": "Would update", "skip": "Would leave"}
REACH = ("Its accounts sign for", "It asks for", "Its bots call", "Its bots do")
"""What is said before each part of a package's reach, in its order."""


@click.command("import")
@click.argument("source", metavar="FILE|NAME")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Answer a prompt.")
@click.option(
    "--set-file",
    "files",
    multiple=True,
    metavar="KEY=FILE",
    help="Answer a prompt with what a file holds, so that a secret is in no list of processes.",
)
@click.option("--plan", is_flag=True, help="Show what would happen and write nothing.")
@click.option(
    "--existing",
    type=click.Choice(["update", "skip", "new"]),
    default="update",
    help="What to do with records an earlier import of this package made.",
)
@json_option
def import_(
    source: str,
    pairs: tuple[str, ...],
    files: tuple[str, ...],
    plan: bool,
    existing: OnExisting,
    as_json: bool,
) -> None:
    """Import a package: a file, - for standard input, or the name of a library package.

    Prompts that --set does not answer are asked for where the input is a terminal.
    """
    answers: dict[str, Any] = settings(pairs) | {
        key: _content(file) for key, file in settings(files, option="--set-file").items()
    }

    async def work(app: App) -> ImportResult:
        text = _text(app, source)
        result = await app.import_package(ACTOR, text, answers, plan=plan, on_existing=existing)
        if result.status == "prompts" and sys.stdin.isatty() and not as_json:
            answers.update(_asked(result))
            result = await app.import_package(ACTOR, text, answers, plan=plan, on_existing=existing)
        return result

    try:
        result = ask(work)
    except BadPackage as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        sys.exit(1)
    if as_json:
        show_json(result.as_json())
    else:
        _show(result)
    if result.status == "prompts":
        if not as_json:
            click.echo("Answer them with --set KEY=VALUE; nothing was imported.", err=True)
        sys.exit(1)


def _content(file: str) -> str:
    """A file's text without its last line's end."""
    try:
        return Path(file).read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError) as error:
        raise BadInput(f"The file {file} cannot be read: {error}.", code="no-file") from error


def _text(app: App, source: str) -> str | bytes:
    if source == "-":
        return sys.stdin.buffer.read()
    path = Path(source)
    if path.is_file():
        return path.read_bytes()
    names = [package.name for package in app.library()]
    if source in names:
        return app.library_package(source)
    raise BadInput(
        f"There is no file {source!r} and no library package of that name; "
        f"the library has: {', '.join(names)}.",
        code="no-package",
    )


def _asked(result: ImportResult) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for prompt in result.prompts:
        if prompt.error:
            click.echo(prompt.error, err=True)
        for choice in prompt.choices:
            click.echo(f"  {choice.value}: {choice.label}", err=True)
        asked[prompt.key] = click.prompt(
            prompt.label, default=prompt.value or None, hide_input=prompt.is_secret
        )
    return asked


def _show(result: ImportResult) -> None:
    for prompt in result.prompts:
        click.echo(f"  {prompt.key}: {prompt.label.rstrip(': ')}. {prompt.error or ''}".rstrip())
        for choice in prompt.choices:
            click.echo(f"    {choice.value}  {choice.label}")
    for repair in result.repairs:
        click.echo(f"Repaired: {repair}")
    for warning in result.warnings:
        click.echo(f"Warning: {warning}")
    done = DONE if result.status == "imported" else PLANNED
    for context, records in result.records.items():
        for record in records.values():
            number = f" {record['id']}" if record.get("id") else ""
            click.echo(f"{done[record['verb']]} {context}{number}: {record['label']}")
    if result.status != "imported" and result.reach:
        _show_reach(result.reach)


def _show_reach(reach: Reach) -> None:
    from factotum.bots.actions.action_type import action_for

    named = ((key, action_for(key)) for key in reach.actions)
    actions = [action.label if action else key for key, action in named]
    for told, what in zip(REACH, (reach.hosts, reach.scopes, reach.calls, actions), strict=True):
        if what:
            click.echo(f"{told}: {', '.join(dict.fromkeys(what))}")


@click.command("export")
@click.argument("records", nargs=-1, required=True, metavar="TYPE:ID…")
@click.option("--name", default="", help="The package's name.")
@click.option("--json", is_flag=True, expose_value=False, help="A package is JSON anyway.")
def export(records: tuple[str, ...], name: str) -> None:
    """Print a package of these records (bot:ID, service:ID, account:ID, webhook:ID); never a secret."""

    async def work(app: App) -> str:
        refs = [await _ref(app, text) for text in records]
        return await app.export_package(ACTOR, refs, name=name)

    click.echo(ask(work))


async def _ref(app: App, text: str) -> Ref:
    kind, colon, name = text.partition(":")
    if not colon or kind not in EXPORTABLE:
        raise click.UsageError(
            f"{text!r} is not one of {', '.join(EXPORTABLE)} with :ID behind it."
        )
    return (await named_record(app, EXPORTABLE[kind], name)).ref


COMMANDS = (import_, export)
