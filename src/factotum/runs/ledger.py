"""The effect ledger: an unsafe request is written down before it leaves, and never sent again blindly.

Each sending has a row, ``<run>:<path>:<attempt>``, committed as *intended* before the bytes leave and
then as what became of it. A run that is taken up again finds the rows of its first time:

    refused     nothing had left: it is sent
    answered    the kept answer is given again
    intended    nobody knows: it becomes unknown
    unknown     asked of the service's read-back, else of a person
    settled     as they said: it happened, it did not (it is sent), or it is given up
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from factotum.bots.effects import CallHttp
from factotum.core.crash_points import passing
from factotum.core.errors import NoAnswer, NotInCharge, Refused, RetryLater
from factotum.core.http import Request, Response
from factotum.core.masking import mask_url
from factotum.core.ports import Clock
from factotum.runs.context import RunContext
from factotum.runs.kept_answers import keep_answer, kept_answer
from factotum.runs.ports import EffectRow
from factotum.runs.waiting import Wait

BROKEN = "Something inside went wrong while it was sent."
STOPPED = "The process stopped while it was under way."
GIVEN_UP = "Nobody knows whether it arrived, and somebody gave it up."

LONGEST_PATH = 140  # characters of a path in a key

Send = Callable[[], Awaitable[Response]]


class ReadBack(Protocol):
    """Asks a service whether it did something."""

    async def look(self, request: Request, row: EffectRow, context: RunContext) -> Response | None:
        """The answer that a request would have got; None where it surely was not done.

        ``Wait`` where nobody knows: until a time where looking again may help, else for a person.
        """


class Ledger:
    """Sends unsafe requests once."""

    def __init__(self, clock: Clock, read_back: ReadBack) -> None:
        self._clock = clock
        self._read_back = read_back

    async def send_once(
        self, request: Request, effect: CallHttp, context: RunContext, send: Send
    ) -> Response:
        """The answer, now or from the first time; NoAnswer and Refused as from ``send``.

        In a durable run what nobody knows is settled first: ``Wait`` where that takes a person.
        """
        while True:
            await context.fence.fresh()
            row = self._row(request, effect, context)
            known = context.earlier.get(row.key)
            try:
                if known is None:
                    return await self._send(row, context, send)
            except NotInCharge:
                continue  # nothing had left
            except (NoAnswer, Refused) as error:
                if not (error.sent and context.is_durable):
                    raise
                known = context.earlier[row.key]
            response = await self._settled(request, known, context)
            if response is not None:
                return response

    async def _send(self, row: EffectRow, context: RunContext, send: Send) -> Response:
        context.unsafe_sent = True
        await context.journal.commit(row)
        passing("intent committed")
        try:
            response = await send()
            passing("answer received")
        except (NoAnswer, Refused) as error:
            await self._end(
                row, "unknown" if error.sent else "refused", context, note=error.sentence
            )
            raise
        except RetryLater as error:  # the service had no room, and did nothing
            await self._end(row, "refused", context, note=error.sentence)
            raise
        except Exception:
            await self._end(row, "unknown", context, note=BROKEN)
            raise
        answer = keep_answer(response, context.sealer) if context.sealer else ""
        await self._end(row, "answered", context, status_code=response.status, answer=answer)
        passing("answer committed")
        return response

    async def _settled(
        self, request: Request, row: EffectRow, context: RunContext
    ) -> Response | None:
        """The answer to something that was sent before; None where it is to be sent (again)."""
        if row.state == "intended":
            row = await self._end(row, "unknown", context, note=STOPPED)
        if row.state == "unknown":
            response = await self._read_back.look(request, row, context)
            changes: dict[str, str | int | None] = {"outcome": "not-done", "said_by": "read-back"}
            if response is not None:
                kept = keep_answer(response, context.sealer) if context.sealer else ""
                changes |= {
                    "outcome": "happened",
                    "status_code": response.status,
                    "answer": kept,
                }
            await self._end(row, "settled", context, **changes)
            return response
        if row.state == "refused" or row.outcome == "not-done":
            return None
        if row.outcome == "given-up":
            raise NoAnswer(GIVEN_UP, sent=True, code="given-up")
        if row.answer and context.sealer:
            return kept_answer(row.answer, context.sealer)
        return Response(row.status_code or 200, url=request.url)

    def _row(self, request: Request, effect: CallHttp, context: RunContext) -> EffectRow:
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
            intended_at=self._clock().at.timestamp(),
            account_id=effect.account_id,
            attempt=attempt,
        )

    async def _end(
        self, row: EffectRow, state: str, context: RunContext, **changes: str | int | None
    ) -> EffectRow:
        """Put on disk what has become of it."""
        at = self._clock().at.timestamp()
        ended = replace(row, state=state, answered_at=at, **changes)  # type: ignore[arg-type]  # their names are fields
        await context.journal.commit(ended)
        context.earlier[row.key] = ended
        return ended


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
