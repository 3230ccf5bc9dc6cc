"""The only wiring: settings → the parts that touch the outside → use-cases → ``App``.

What is in the other files here may be loaded once Django is set up, and takes a second: only who needs
the product loads it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING

from factotum.config import load
from factotum.preparation import set_up_django

if TYPE_CHECKING:
    from factotum.bootstrap.product import Parts
    from factotum.telemetry.telemetry import Telemetry
    from factotum.usecases.app import App


def get_app() -> App:
    """The product of this process."""
    return _parts().app


def get_telemetry() -> Telemetry:
    """What is told of this process."""
    return _parts().outside.telemetry


def catch_up() -> None:
    """Before a request is answered: forget what other processes of this address have changed."""
    _parts().catch_up()


@asynccontextmanager
async def running(*, serving: bool = False) -> AsyncIterator[None]:
    """The product, open; what is under way is finished and written before it closes.

    ``serving`` processes take up durable runs, fire what is due, and keep house; on SQLite one of them.
    """
    parts = _parts()
    works = serving and parts.outside.config.works
    if serving:
        parts.outside.telemetry.open()
    keeping: list[asyncio.Task[None]] = []
    await parts.outside.threads.run(parts.walking.sealer.open)
    await parts.background.working.begin(is_worker=works, serves=serving)
    if works:
        loops = (parts.background.schedules.keep_time(), parts.background.housekeeping.keep_house())
        keeping += [asyncio.create_task(each) for each in loops]
    try:
        yield
    finally:
        for task in keeping:
            task.cancel()
        await settle(parts)


async def settle(parts: Parts) -> None:
    """Finish what is under way, write it down, close the connections; it may be used again."""
    await parts.app.drain()
    await parts.background.working.finish()
    await parts.walking.writer.drain()
    await parts.walking.money.gate.drain()  # before others may take this process for dead
    await parts.background.working.end()
    await parts.walking.money.gate.drain()
    await parts.walking.condition.settled()
    await parts.outside.door.close()
    await parts.outside.telemetry.close()


@cache
def _parts() -> Parts:
    set_up_django()
    from factotum.bootstrap.product import wired  # noqa: PLC0415  models need Django set up

    return wired(load(os.environ))
