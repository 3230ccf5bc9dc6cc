"""What every command needs: the product in this process, who asks, and how to print."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from factotum.core.values import Actor, Record

if TYPE_CHECKING:
    from factotum.usecases.app import App

T = TypeVar("T")

ACTOR = Actor.app(via="cli")
"""Whoever may run commands on the machine that holds the keys may do everything."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def ask(work: Callable[[App], Awaitable[T]]) -> T:
    """The result of asking the product something, in an event loop of its own."""
    from factotum.preparation import make_ready

    make_ready()
    from factotum.bootstrap import get_app, running

    async def inside() -> T:
        async with running():
            return await work(get_app())

    return asyncio.run(inside())


def show_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def settings(pairs: tuple[str, ...], *, option: str = "--set") -> dict[str, str]:
    """``KEY=VALUE`` arguments as a dictionary; wrong usage where one has no ``=``."""
    values: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise click.UsageError(f"{option} wants KEY=VALUE, not {pair!r}.")
        values[key] = value
    return values


async def named_record(app: App, type: str, name: str) -> Record:
    """The record with that id, uri or unique name."""
    return await app.one_named(ACTOR, type, name)
