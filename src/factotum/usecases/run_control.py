"""What a person may do with a run that is under way or has failed, and with what nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from factotum.core.errors import BadInput, Conflict, NotFound, Refused
from factotum.core.http import Request, Response
from factotum.core.ports import Clock, Threads
from factotum.core.values import Actor
from factotum.runs.kept_answers import keep_answer
from factotum.runs.ports import RunStore, Sealer
from factotum.runs.read_back_rule import Rule, answer
from factotum.runs.run import EffectRow, Run
from factotum.usecases.durable import DurableRuns
from factotum.usecases.read_backs import ReadBacks

OUTCOMES: Mapping[str, str] = {
    "happened": "It happened.",
    "not-done": "It did not happen.",
    "given-up": "Nobody will find out.",
}
LONGEST_ID = 200
NOBODYS = 0  # no worker has this id
JSON = (("content-type", "application/json; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Something of which nobody knows whether it happened, and the run that did it."""

    effect: EffectRow
    run: Run


@dataclass(frozen=True, slots=True)
class UnsettledPage:
    """Some of them; ``cursor`` is "" at the end."""

    items: Sequence[Unsettled]
    cursor: str = ""


class RunControl:
    """Stops, wakes and settles."""

    def __init__(
        self,
        runs: RunStore,
        durable: DurableRuns,
        sealer: Sealer,
        read_backs: ReadBacks,
        threads: Threads,
        clock: Clock,
        browser_address: Callable[[str], str],
    ) -> None:
        self._browser_address = browser_address
        self._runs = runs
        self._durable = durable
        self._sealer = sealer
        self._read_backs = read_backs
        self._threads = threads
        self._clock = clock

    async def cancel(self, actor: Actor, run_id: str) -> Run:
        """It does nothing more; what it has done stays done."""
        return await self._stop(actor, run_id, "cancel")

    async def hold(self, actor: Actor, run_id: str) -> Run:
        """It stops after the step it is in, and goes on when it is resumed."""
        return await self._stop(actor, run_id, "hold")

    async def resume(self, actor: Actor, run_id: str) -> Run:
        """A held or waiting run goes on now."""
        run = await self._durable_run(actor, run_id)
        if run.status != "waiting":
            raise Conflict(f"This run does not wait; it is {run.status}.", code="not-waiting")
        await self._durable.resume(run)
        return await self._run(actor, run_id)

    async def retry(self, actor: Actor, run_id: str) -> Run:
        """A failed run goes on from the step that failed; what it did before is not done again."""
        run = await self._durable_run(actor, run_id)
        if run.status != "failed":
            raise Conflict(
                f"Only a failed run is tried again; this is {run.status}.", code="not-failed"
            )
        await self._durable.retry(run)
        return await self._run(actor, run_id)

    async def unsettled(self, actor: Actor, *, after: str = "", limit: int = 50) -> UnsettledPage:
        """Of which nobody knows whether it happened, the oldest first, as far as this actor may say."""
        whose = _whose(actor)
        if whose == NOBODYS:
            return UnsettledPage([])
        found = await self._threads.run(
            lambda: self._runs.unsettled(after=after, limit=limit + 1, worker_id=whose)
        )
        effects = found[:limit]
        runs = [await self._threads.run(self._runs.get, each.run_id) for each in effects]
        pairs = zip(effects, runs, strict=True)
        items = [Unsettled(effect, run) for effect, run in pairs if run and may_control(actor, run)]
        return UnsettledPage(items, effects[-1].key if len(found) > limit else "")

    async def count_unsettled(self, actor: Actor) -> int:
        """How many there are for this actor to say, 100 for as many and more."""
        whose = _whose(actor)
        if whose == NOBODYS:
            return 0
        return await self._threads.run(lambda: self._runs.count_unsettled(worker_id=whose))

    async def needs_id(self, effect: EffectRow) -> bool:
        """Whether whoever says that it happened has to know under which id."""
        return await self._read_backs.rule(effect) is not None

    async def page_of(self, effect: EffectRow, linked_as: str) -> str:
        """Where a person sees at the service what an account has done; "" where that is not known."""
        rule = await self._read_backs.rule(effect)
        page = rule.page(linked_as) if rule else ""
        return self._browser_address(page) if page else ""

    async def settle(self, actor: Actor, key: str, outcome: str, id: str = "") -> EffectRow:
        """Say what happened; a run that waits for it goes on from there.

        ``outcome`` is one of ``OUTCOMES``; ``id`` is what the service calls what was made.
        """
        if outcome not in OUTCOMES:
            raise BadInput(f"outcome is {outcome!r}; it must be one of: {', '.join(OUTCOMES)}.")
        effect = await self._threads.run(self._runs.effect, key)
        if effect is None:
            raise NotFound("There is no such request.")
        run = await self._run(actor, effect.run_id)
        rule = await self._read_backs.rule(effect)
        made = _made(effect, rule, id) if outcome == "happened" else ""
        settled = replace(
            effect,
            state="settled",
            outcome=outcome,
            said_by=actor.name,
            answered_at=self._clock().at.timestamp(),
            answer=self._answer(effect, rule, made) if outcome == "happened" else "",
        )
        if not await self._threads.run(self._runs.settle, settled):
            raise Conflict(f"This is {effect.state} already; nothing was changed.", code="settled")
        now_as = await self._threads.run(self._runs.get, run.id) or run
        is_waiting = now_as.status == "waiting" and now_as.wait_code != "held"
        if now_as.driver == "durable" and is_waiting:
            await self._durable.go_on(now_as)
        return settled

    def _answer(self, effect: EffectRow, rule: Rule | None, id: str) -> str:
        """What the run gets for an answer, as the service would have given it."""
        if rule is not None:
            response = answer(rule, Request(effect.method, effect.url), {"id": id})
        else:
            body = {"id": id, "data": {"id": id}}
            response = Response(200, JSON, json.dumps(body).encode(), effect.url)
        return keep_answer(response, self._sealer)

    async def _stop(self, actor: Actor, run_id: str, what: str) -> Run:
        run = await self._durable_run(actor, run_id)
        stopped = await self._durable.stop(run, what)
        if stopped is None:
            raise Conflict(f"This run has ended; it is {run.status}.", code="ended")
        return stopped

    async def _durable_run(self, actor: Actor, run_id: str) -> Run:
        run = await self._run(actor, run_id)
        if run.driver != "durable":
            raise Refused(
                "Somebody waits for this run, so it goes to its end at once; only runs that nobody "
                "waits for can be held, cancelled and taken up again.",
                code="attended",
            )
        return run

    async def _run(self, actor: Actor, run_id: str) -> Run:
        run = await self._threads.run(self._runs.get, run_id)
        if run is None or not may_control(actor, run):
            raise NotFound(f"There is no run {run_id} that you may change.")
        return run


def _whose(actor: Actor) -> int | None:
    """Whose unknown outcomes an actor may settle: None for everybody's."""
    if actor.is_admin:
        return None
    return NOBODYS if actor.worker_id is None else actor.worker_id


def _made(effect: EffectRow, rule: Rule | None, typed: str) -> str:
    """What was pasted as an id, without what is around it; BadInput where it can be none."""
    made = typed.strip()
    if "://" in made:
        last = made.split("?")[0].rstrip("/").rpartition("/")[2]
        raise _no_id(f"This is an address. Paste only the id, perhaps {last[:60]}.")
    if len(made) > LONGEST_ID or any(each.isspace() or not each.isprintable() for each in made):
        raise _no_id(f"An id has no spaces and at most {LONGEST_ID} characters.")
    if rule is not None and not made:
        raise _no_id("Paste the id of what was made; the run goes on with it.")
    if rule is not None and rule.ids_are_numbers and not (made.isascii() and made.isdigit()):
        raise _no_id(f"{effect.host} calls things by numbers only, such as 1234567890.")
    return made


def _no_id(sentence: str) -> BadInput:
    return BadInput(sentence, code="bad-id", fields={"id": sentence})


def may_control(actor: Actor, run: Run) -> bool:
    """Admins, and whose run it is."""
    return actor.is_admin or (run.worker_id is not None and run.worker_id == actor.worker_id)
