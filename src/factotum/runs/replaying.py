"""The replaying driver: walks a behavior with what a run got back then, and does nothing.

What the run was given for an effect (matched by path and kind) is given again. A request that it did
not send is not sent now either; what it did not read is read as it is now.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from factotum.bots.effects import (
    Ask,
    CallHttp,
    ChangeRecord,
    Effect,
    FindRecords,
    GetKey,
    HttpResult,
    LoadBehavior,
    LoadRecord,
    Note,
    ReadClock,
)
from factotum.bots.recording import decode_result, give
from factotum.core.http import Request, media_type
from factotum.runs.attended import Driver
from factotum.runs.context import RunContext
from factotum.runs.durable import NOBODY, moment_of
from factotum.runs.http_calls import SHOWN, shown_request
from factotum.runs.pacing import Walk
from factotum.runs.run import Recorded, Step

R = TypeVar("R")

READING = (FindRecords, GetKey, LoadBehavior, LoadRecord)


@dataclass(frozen=True, slots=True)
class Decision:
    """A node that a walk came to. ``status``: ok, passed, not-passed or skipped."""

    path: str
    title: str
    status: str


@dataclass(slots=True)
class Way:
    """Where a walk went. ``requests`` are as the journal shows them, by path: secrets masked.

    ``read_now`` counts what it read that the run had not kept, ``cut`` the answers that were too long
    to be kept whole.
    """

    decisions: dict[str, Decision] = field(default_factory=dict)
    requests: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    read_now: int = 0
    cut: int = 0

    def come_to(self, path: str, title: str, status: str) -> None:
        """A node; a run that was tried again tells some of them twice, and the last time counts."""
        self.decisions[path] = Decision(path, title, status)


def way_of(steps: Sequence[Step]) -> Way:
    """Where a run went, from its journal."""
    way = Way()
    for step in steps:
        if step.kind == "node":
            way.come_to(step.path, step.title, step.status)
        elif step.kind == "http" and "request" in step.data:
            way.requests[step.path] = step.data["request"]
    return way


class Given:
    """What a run was given back then, by path and kind, each once and in order."""

    def __init__(self, began: float) -> None:
        self.now = began
        self._kept: dict[str, deque[Any]] = defaultdict(deque)

    @classmethod
    def recorded(cls, recorded: Sequence[Recorded], began: float) -> Given:
        """From the steps of a durable run."""
        given = cls(float(recorded[0].value["began"]) if recorded else began)
        for each in recorded:
            given._kept[each.name].append(each.value)
        return given

    @classmethod
    def journal(cls, steps: Sequence[Step], began: float) -> Given:
        """From the journal of any other: its requests and their answers."""
        given = cls(began)
        for step in steps:
            if step.kind == "http":
                given._kept[f"{step.path} {CallHttp.__name__}"].append(step)
        return given

    def take(self, effect: Effect, way: Way) -> tuple[Any] | None:
        """The result or the error, in a tuple; None where the run did not do this."""
        kept = self._kept[f"{effect.path} {type(effect).__name__}"]
        if not kept:
            return None
        found = kept.popleft()
        if isinstance(found, Step):
            way.cut += _is_cut(found)
            return (_answered(found, effect),)
        self.now = float(found["at"])
        return (decode_result(effect, found["result"]),)


class ReplayDriver:
    """Changes nothing and sends nothing; one instance serves every replay."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def follow(self, walk: Walk[R], context: RunContext, given: Given, way: Way) -> R:
        """Walk to the end and tell ``way`` where; ``context`` is a simulation's.

        Raises the FactotumError that ends the walk.
        """
        try:
            effect = next(walk)
            while True:
                if isinstance(effect, Note):
                    if effect.kind == "node":
                        way.come_to(effect.path, effect.title, effect.status)
                    effect = walk.send(None)
                elif isinstance(effect, ReadClock):
                    moment = moment_of(context.journal.run.id, effect.path, given.now)
                    effect = walk.send(moment)
                elif isinstance(effect, Ask):
                    effect = walk.throw(NOBODY)
                else:
                    effect = give(walk, await self._result(effect, context, given, way))
        except StopIteration as ended:
            result: R = ended.value
            return result

    async def _result(self, effect: Effect, context: RunContext, given: Given, way: Way) -> Any:
        if isinstance(effect, CallHttp):
            request = Request(effect.method.upper(), effect.url, effect.headers, effect.payload)
            way.requests[effect.path] = shown_request(request, effect.account_id)
        known = given.take(effect, way)
        if known is not None:
            return known[0]
        if isinstance(effect, CallHttp):
            code = "not-sent" if effect.refusal else ""
            return HttpResult(url=effect.url, error=effect.refusal, code=code, is_simulated=True)
        if isinstance(effect, ChangeRecord):
            effect = replace(effect, run_in_simulator=False)
        way.read_now += isinstance(effect, READING)
        return await self._driver.perform(effect, context)


def _answered(step: Step, effect: Effect) -> HttpResult:
    """The result that a step of the journal tells of."""
    request, response = step.data.get("request", {}), step.data.get("response")
    if response is None:
        error = step.data.get("error") or {}
        return HttpResult(
            url=str(request.get("url", "")),
            error=str(error.get("sentence", "")),
            code=str(error.get("code", "")),
            is_simulated=step.status == "not-sent",
        )
    headers = dict(response.get("headers") or {})
    kind = media_type(headers.get("content-type", ""))
    body: Any = response.get("body", "")
    is_raw = isinstance(effect, CallHttp) and effect.raw_response_body
    if not is_raw and (kind == "application/json" or kind.endswith("+json")):
        with suppress(ValueError, RecursionError):  # it was none, or is cut
            body = json.loads(body)
    return HttpResult(kind, headers, body, str(response.get("url", "")), int(response["status"]))


def _is_cut(step: Step) -> bool:
    return len((step.data.get("response") or {}).get("body") or "") > SHOWN
