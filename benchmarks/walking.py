"""A process that submits durable runs and walks them, as its standard input says.

python -m benchmarks.walking     ({"runs": 400, "title": "Relay"} a line, or {"due": 1000})
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from math import ceil
from statistics import median
from time import time
from typing import Any

import uvloop
from benchmarks.rates import rate_of

NOTICE = 3  # seconds from telling the schedules to their moment
RECURRENT = "event.behavior.recurrent"
PAYLOAD = {"method": "GET", "path": "", "params": {"q": "1"}, "headers": {}, "body": ""}


async def behavior_of(parts: Any, title: str) -> Any:
    """The behavior with that title, as it is walked."""
    from factotum.cli.session import ACTOR

    found = (await parts.app.find(ACTOR, "behavior", "Relay")).records
    [name] = [str(each.id) for each in found if each.values["title"] == title]
    return await parts.walking.book.named(name)


async def submit(parts: Any, behavior: Any) -> str:
    """A durable run of it; its id."""
    from factotum.cli.session import ACTOR
    from factotum.clock import SystemClock
    from factotum.usecases.runner import new_run_id

    run_id = new_run_id(SystemClock()())
    await parts.background.durable.submit(
        behavior, run_id=run_id, trigger="benchmark", by=ACTOR, payload=PAYLOAD
    )
    return run_id


async def _rate(parts: Any, runs: int, title: str) -> float:
    from factotum.cli.session import ACTOR

    behavior, submitted = await behavior_of(parts, title), 0

    async def one(_number: int) -> None:
        nonlocal submitted
        await submit(parts, behavior)
        submitted += 1

    async def ended() -> int:
        under_way = await parts.app.runs(ACTOR, limit=1, show="under-way")
        return 0 if under_way.runs else submitted

    rate = await rate_of(runs, one, ended)
    page = await parts.app.runs(ACTOR, limit=1)
    if page.runs[0].status != "done":
        raise SystemExit(f"A run failed: {page.runs[0].error}")
    return rate


async def _due(parts: Any, runs: int) -> dict[str, list[float]]:
    """First, median and last of how long after their moment the runs were queued, and had ended."""
    from factotum.store.models import Run, Schedule

    do, rows = parts.outside.threads.run, Schedule.objects.order_by("pk")
    while await do(rows.filter(next_at=None).exists):  # each is planned once before it can be due
        await asyncio.sleep(0.1)
    ids = await do(lambda: list(rows.values_list("pk", flat=True)[:runs]))
    moment = ceil(time()) + NOTICE
    those = Schedule.objects.filter(pk__in=ids)
    await do(those.update, next_at=moment, look_at=moment)
    theirs = Run.objects.filter(trigger=RECURRENT, started_at__gte=moment)
    while await do(theirs.filter(ended_at__isnull=False).count) < runs:
        await asyncio.sleep(0.5)  # the rows tell when; counting them costs something
    found = await do(lambda: list(theirs.values_list("status", "started_at", "ended_at")))
    if len(found) != runs or {each[0] for each in found} != {"done"}:
        raise SystemExit(f"{len(found)} runs of {runs}, and not all of them done.")
    queued, ended = ([each[number] - moment for each in found] for number in (1, 2))
    return {"queued": _told(queued), "ended": _told(ended)}


def _told(seconds: list[float]) -> list[float]:
    return [min(seconds), median(seconds), max(seconds)]


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


async def main() -> None:
    from factotum import bootstrap

    async with bootstrap.running(serving=True):
        parts = bootstrap._parts()
        _say("ready")
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            if "due" in order:
                _say(await _due(parts, order["due"]))
            else:
                _say(await _rate(parts, order["runs"], order["title"]))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    uvloop.run(main())
