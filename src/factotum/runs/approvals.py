"""Performs ``AskApproval``: the question is kept, and the run waits until a person has said.

A question is found again by its run, its path and its message: a run that is tried again and asks for
something else there is not let through by what was said before. A run asks one thing at a time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any, Protocol

from factotum.bots.effects import AskApproval
from factotum.core.errors import BehaviorFault
from factotum.core.ports import Clock, Threads
from factotum.runs.context import RunContext
from factotum.runs.waiting import Wait

LONGEST = 10_000  # characters of a message that are kept
WAITS = "It goes on when somebody has approved or refused what it asks for."
EXPIRES = (
    "It goes on when somebody has approved or refused what it asks for; when nobody has in time, it "
    "counts as refused."
)
NOBODY_CAN_WAIT = (
    "Approval may take days, and this run cannot wait so long: somebody waits for it. Run the behavior "
    "in the background (on its page, `factotum run --no-wait`, a schedule, a webhook that answers at once)."
)
KIND = "approval"


@dataclass(frozen=True, slots=True)
class Approval:
    """What a run asks for. Times are seconds since 1970.

    ``worker_id`` is who may say, beside admins; None for whoever owns the bot ``bot_id``. ``outcome``
    is "" while nobody has said, then approved, refused or expired.
    """

    key: str
    run_id: str
    path: str
    message: str
    asked_at: float
    bot_id: int | None = None
    worker_id: int | None = None
    expires_at: float | None = None
    outcome: str = ""
    said_by: str = ""
    comment: str = ""
    said_at: float | None = None


class Asking(Protocol):
    """Questions as runs ask them."""

    def ask(self, question: Approval) -> Approval:
        """Keep it, unless it is kept already; as it is now. Other open ones of its run go away."""

    def expire(self, key: str, at: float) -> Approval:
        """Nobody has said in time; as it is now, for somebody may have been faster."""


class ApprovalEffects:
    """Asks, and waits."""

    def __init__(self, asking: Asking, threads: Threads, clock: Clock) -> None:
        self._asking = asking
        self._threads = threads
        self._clock = clock

    async def ask(self, effect: AskApproval, context: RunContext) -> dict[str, Any]:
        """What was said; ``Wait`` where nobody has yet. In a simulation it counts as approved."""
        now = self._clock().at.timestamp()
        if context.simulate:
            tell(context, effect, "Would ask for approval; here it counts as given", effect.message)
            return {"is_approved": True, "by": "", "comment": "", "at": int(now)}
        if not context.is_durable:
            raise BehaviorFault(NOBODY_CAN_WAIT, node=effect.path, code="needs-durable")
        kept = await self._threads.run(self._asking.ask, _question(effect, context, now))
        tell(context, effect, "Asked for approval", kept.message)
        if not kept.outcome and kept.expires_at is not None and kept.expires_at <= now:
            kept = await self._threads.run(self._asking.expire, kept.key, now)
        if not kept.outcome:
            raise Wait(kept.expires_at, WAITS if kept.expires_at is None else EXPIRES, KIND)
        is_approved = kept.outcome == "approved"
        status = "passed" if is_approved else "not-passed"
        tell(context, effect, _said(kept), kept.comment, status)
        return {
            "is_approved": is_approved,
            "by": kept.said_by,
            "comment": kept.comment,
            "at": int(kept.said_at or now),
        }


def tell(
    context: RunContext, effect: AskApproval, title: str, message: str, status: str = "ok"
) -> None:
    """A step of the journal; told at each walk alike, so that steps keep their numbers."""
    context.journal.step(effect.path, KIND, title, status, data={"message": message})


def _question(effect: AskApproval, context: RunContext, now: float) -> Approval:
    run = context.journal.run
    shown = str(context.journal.mask(effect.message))
    question = Approval(
        key=key_of(run.id, effect.path, effect.message),
        run_id=run.id,
        path=effect.path,
        message=shown,
        asked_at=now,
        bot_id=run.bot_id,
        worker_id=effect.worker_id,
        expires_at=effect.expires_at,
    )
    is_long = len(shown) > LONGEST
    return replace(question, message=f"{shown[:LONGEST]}…") if is_long else question


def key_of(run_id: str, path: str, message: str) -> str:
    """The run's id and 16 hex digits of a digest: fit for an address."""
    digest = hashlib.sha256(f"{path}\0{message}".encode("utf-8", "surrogatepass"))
    return f"{run_id}-{digest.hexdigest()[:16]}"


def _said(kept: Approval) -> str:
    if kept.outcome == "expired":
        return "Refused: nobody has said in time"
    return f"{kept.outcome.capitalize()} by {kept.said_by}"
