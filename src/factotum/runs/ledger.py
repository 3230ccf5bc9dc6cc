"""The effect ledger: an unsafe request is written down before it leaves, and never sent again blindly.

Each sending has a row, ``<run>:<path>:<attempt>``, committed as *intended* before the bytes leave and
then as what became of it. A run that is taken up again finds the rows of its first time:

    refused     nothing had left: it is sent
    answered    the kept answer is given again
    intended    nobody knows: it becomes unknown
    sent        the same; it had left, and was not answered at once
    unknown     sent again where the service honours its idempotency key (``runs.sendings``), else
                asked of the service's read-back, else of a person
    settled     as they said: it happened, it did not (it is sent), or it is given up; or sent again
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from factotum.bots.effects import CallHttp
from factotum.core.crash_points import passing
from factotum.core.database_trouble import StoreAway
from factotum.core.errors import NoAnswer, NotInCharge, Refused, RetryLater
from factotum.core.http import Request, Response
from factotum.core.masking import mask_url
from factotum.core.ports import Clock
from factotum.runs.context import RunContext
from factotum.runs.departing import Departure
from factotum.runs.idempotency import Honoured, is_replayed
from factotum.runs.kept_answers import keep_answer, kept_answer
from factotum.runs.retrying import UNWELL, wait_to_send_again
from factotum.runs.run import LEAVING, EffectRow
from factotum.runs.sendings import (
    BY_KEY,
    SENT_AGAIN,
    Sendings,
    made_key,
    tells_of_all,
    under_one_key,
)
from factotum.runs.waiting import NotYetSure, Wait

BROKEN = "Something inside went wrong while it was sent."
STOPPED = "The process stopped while it was under way."
NOT_SAID = "It was sent again, and {status} does not say whether it had arrived before."
GIVEN_UP = "Nobody knows whether it arrived, and somebody gave it up."

LONGEST_PATH = 140  # characters of a path in a key

Send = Callable[[Request, Callable[[], None]], Awaitable[Response]]
"""Sends a request, and calls back when it is about to leave."""


class ReadBack(Protocol):
    """Asks a service whether it did something."""

    async def look(self, request: Request, row: EffectRow, context: RunContext) -> Response | None:
        """The answer that a request would have got; None where it surely was not done.

        ``Wait`` where nobody knows: until a time where looking again may help, else for a person.
        """


@dataclass(frozen=True, slots=True)
class Call:
    """One unsafe request of a run; ``rule`` says how the service honours a key of it."""

    request: Request
    effect: CallHttp
    context: RunContext
    rule: Honoured | None = None

    @property
    def own_key(self) -> str:
        """The key that the behavior gives it, as it may be shown; "" where that is left to us."""
        own = self.request.header(self.rule.header) if self.rule else ""
        return str(self.context.journal.mask(own)) if own else ""

    def earlier(self, attempt: int) -> EffectRow | None:
        """The row of an earlier sending."""
        key = effect_key(self.context.journal.run.id, self.effect.path, attempt)
        return self.context.earlier.get(key)

    def sendings(self, last: EffectRow | None) -> Sendings:
        """``last`` and those before it that the service takes for one."""
        if self.rule is None or last is None:
            return Sendings()
        rows = under_one_key(last, self.own_key, self.earlier)
        return Sendings(tuple(rows), self.rule.until(rows[0].intended_at)) if rows else Sendings()

    def before(self, row: EffectRow, now: float) -> Sendings:
        """Those before this row that the service takes for one with it."""
        sendings = self.sendings(self.earlier(row.attempt - 1))
        is_same = bool(sendings.rows) and sendings.rows[-1].fingerprint == row.fingerprint
        return sendings if is_same and (sendings.is_open or now < sendings.until) else Sendings()

    def with_key(self, row: EffectRow, before: Sendings) -> tuple[Request, EffectRow]:
        """The request as it is sent, and its row."""
        if self.rule is None:
            return self.request, row
        if own := self.own_key:
            return self.request, replace(row, idempotency_key=own)
        key = before.rows[0].idempotency_key if before.rows else made_key(row.key)
        sent = self.request.with_header(self.rule.header, key)
        return sent, replace(row, idempotency_key=key)

    def tell(self, sendings: Sequence[EffectRow], response: Response | None = None) -> None:
        """What the run's page shows of the key."""
        if self.rule is not None and sendings[-1].idempotency_key:
            told: dict[str, object] = {
                "header": self.rule.header,
                "key": sendings[-1].idempotency_key,
                "sendings": len(sendings),
                "is_own": bool(self.own_key),
                "is_replayed": response is not None and is_replayed(response),
            }
            self.context.keyed = {"idempotency": told}


class Ledger:
    """Sends unsafe requests once."""

    def __init__(self, clock: Clock, read_back: ReadBack) -> None:
        self._clock = clock
        self._read_back = read_back

    def knows(self, effect: CallHttp, context: RunContext) -> bool:
        """Whether the next sending of this request has a row: then it may not be sent at all."""
        number = context.attempts[effect.path] + 1
        return effect_key(context.journal.run.id, effect.path, number) in context.earlier

    async def send_once(
        self,
        request: Request,
        effect: CallHttp,
        context: RunContext,
        send: Send,
        rule: Honoured | None = None,
    ) -> Response:
        """The answer, now or from the first time; NoAnswer and Refused as from ``send``.

        In a durable run what nobody knows is settled first: ``Wait`` where that takes time, or a
        person.
        """
        call = Call(request, effect, context, rule)
        while True:
            await context.fence.fresh()
            row = self._row(call)
            known = context.earlier.get(row.key)
            if known is None:
                before = call.before(row, self._now())
                try:
                    return await self._send(call, row, before, send)
                except NotInCharge:  # nothing had left
                    if not before.is_open:
                        continue
                except (NoAnswer, Refused) as error:
                    if not (context.is_durable and (error.sent or before.is_open)):
                        raise
                    self._pause(call, context.earlier[row.key], error.sentence)
                known = context.earlier[row.key]
            response = await self._settled(call, known, row.fingerprint)
            if response is not None:
                return response

    async def _send(self, call: Call, row: EffectRow, before: Sendings, send: Send) -> Response:
        context = call.context
        context.unsafe_sent = True
        request, row = call.with_key(row, before)
        call.tell((*before.rows, row))
        await self._intend(row, before, context)
        unsent = "unknown" if before.is_open else "refused"
        try:
            with Departure(row, context, self._clock) as departure:
                response = await send(request, departure.leaves)
            passing("answer received")
        except (NoAnswer, Refused) as error:
            state = "unknown" if error.sent else unsent
            is_late = (error.sent and error.code == "timeout") or None
            await self._end(row, state, context, note=error.sentence, timed_out=is_late)
            raise
        except (RetryLater, StoreAway) as error:  # the service had no room, or nobody got that far
            await self._end(row, unsent, context, note=error.sentence)
            raise
        except Exception:
            await self._end(row, "unknown", context, note=BROKEN)
            raise
        call.tell((*before.rows, row), response)
        if before.is_open and not tells_of_all(response):
            note = NOT_SAID.format(status=response.status)
            await self._end(row, "unknown", context, note=note)
            raise NoAnswer(note, sent=True)
        answer = keep_answer(response, context.sealer) if context.sealer else ""
        row = await self._end(row, "answered", context, status_code=response.status, answer=answer)
        passing("answer committed")
        if response.status in UNWELL and not is_replayed(response):
            self._pause(call, row, f"The service answered {response.status}.")
        return response

    async def _intend(self, row: EffectRow, before: Sendings, context: RunContext) -> None:
        """On disk before it leaves, together with what it makes of the sending before it."""
        if before.is_open:
            last = replace(before.rows[-1], state="settled", outcome=SENT_AGAIN, said_by=BY_KEY)
            await context.journal.commit(last, row)
            context.earlier[last.key] = last
        else:
            await context.journal.commit(row)
        passing("intent committed")

    def _pause(self, call: Call, last: EffectRow, sentence: str) -> None:
        """Wait before it is sent again, where the service then does it once all the same."""
        if self._may_be_sent_again(call, last):
            sendings = call.sendings(last).rows
            call.context.tries[call.effect.path] += 1
            raise wait_to_send_again(sentence, len(sendings), self._now())

    def _may_be_sent_again(self, call: Call, last: EffectRow) -> bool:
        deadline, now = call.context.journal.run.deadline, self._now()
        is_late = deadline is not None and now >= deadline
        if is_late or not call.context.is_durable:
            return False
        return call.sendings(last).may_be_sent_again(now)

    async def _settled(self, call: Call, row: EffectRow, fingerprint: str) -> Response | None:
        """The answer to something that was sent before; None where it is to be sent (again)."""
        context = call.context
        if row.state in LEAVING:
            row = await self._end(row, "unknown", context, note=STOPPED)
            if row.fingerprint == fingerprint:
                self._pause(call, row, STOPPED)
        if row.state == "unknown":
            if row.fingerprint != fingerprint:  # whoever looks would look for something else
                raise wait_for_a_person(row)
            return None if self._may_be_sent_again(call, row) else await self._asked(call, row)
        if row.state == "refused" or row.outcome in {"not-done", SENT_AGAIN}:
            return None
        if row.outcome == "given-up":
            raise NoAnswer(GIVEN_UP, sent=True, code="given-up")
        response = Response(row.status_code or 200, url=call.request.url)
        if row.answer and context.sealer:
            response = kept_answer(row.answer, context.sealer)
        call.tell(call.sendings(row).rows or (row,), response)
        return None if self._is_tried_again(call, row, response) else response

    def _is_tried_again(self, call: Call, row: EffectRow, response: Response) -> bool:
        """Whether the service was not well, and was or will be asked the same again."""
        if not row.idempotency_key or row.status_code not in UNWELL or is_replayed(response):
            return False
        has_next = call.earlier(row.attempt + 1) is not None
        return has_next or self._may_be_sent_again(call, row)

    async def _asked(self, call: Call, row: EffectRow) -> Response | None:
        """What the service's read-back says, of all sendings that it takes for one."""
        rows = call.sendings(row).rows or (row,)
        is_late = any(each.timed_out for each in rows) or None
        sent_at = next((each.sent_at for each in rows if each.sent_at), None)
        since_first = replace(
            row, intended_at=rows[0].intended_at, timed_out=is_late, sent_at=sent_at
        )
        try:
            response = await self._read_back.look(call.request, since_first, call.context)
        except NotYetSure:  # it is unknown anew
            await self._end(row, "unknown", call.context)
            raise
        changes: dict[str, str | int | None] = {"outcome": "not-done", "said_by": "read-back"}
        if response is not None:
            sealer = call.context.sealer
            changes |= {
                "outcome": "happened",
                "status_code": response.status,
                "answer": keep_answer(response, sealer) if sealer else "",
            }
        ended = await self._end(row, "settled", call.context, **changes)
        said = await call.context.journal.effect(row.key) or ended
        if said.state == "settled" and said.answered_at != ended.answered_at:
            call.context.earlier[row.key] = said  # a person was quicker
            return await self._settled(call, said, row.fingerprint)
        return response

    def _row(self, call: Call) -> EffectRow:
        request, effect, context = call.request, call.effect, call.context
        head = f"{request.method}\n{request.url}\n".encode("utf-8", "replace")
        run_id = context.journal.run.id
        context.attempts[effect.path] += 1
        attempt = context.attempts[effect.path]
        return EffectRow(
            key=effect_key(run_id, effect.path, attempt),
            run_id=run_id,
            path=effect.path,
            state="intended",
            method=request.method,
            url=context.journal.mask(mask_url(request.url)),
            host=urlsplit(request.url).netloc.rpartition("@")[2],
            fingerprint=hashlib.sha256(head + request.body).hexdigest(),
            intended_at=self._now(),
            account_id=effect.account_id,
            attempt=attempt,
        )

    async def _end(
        self, row: EffectRow, state: str, context: RunContext, **changes: str | int | None
    ) -> EffectRow:
        """Put on disk what has become of it; where that takes too long it stays in line for it."""
        ended = replace(row, state=state, answered_at=self._now(), **changes)  # type: ignore[arg-type]  # their names are fields
        with suppress(StoreAway):
            await context.journal.commit(ended)
        context.earlier[row.key] = ended
        return ended

    def _now(self) -> float:
        return self._clock().at.timestamp()


class NoReadBack:
    """Nothing can be asked: a person has to say what happened."""

    async def look(self, request: Request, row: EffectRow, context: RunContext) -> Response | None:
        """Always waits for a person."""
        raise wait_for_a_person(row)


def wait_for_a_person(row: EffectRow) -> Wait:
    """Until somebody has said on the page of unknown outcomes what happened."""
    reason = (
        f"{row.method} {row.host} got no answer, and it may have arrived. Look there and say what "
        "happened; the run goes on from there."
    )
    return Wait(None, reason, "unknown")


def effect_key(run_id: str, path: str, attempt: int) -> str:
    """The ledger's name for one sending; a long path is shortened without losing what it says.

    >>> effect_key("0193", "0.1#0", 1)
    '0193:0.1#0:1'
    """
    if len(path) > LONGEST_PATH:
        digest = hashlib.sha256(path.encode()).hexdigest()[:32]
        path = f"{path[: LONGEST_PATH - 33]}~{digest}"
    return f"{run_id}:{path}:{attempt}"
