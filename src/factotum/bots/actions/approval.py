"""Asks a person for approval; the run waits, and holds nothing meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.effects import AskApproval, LoadRecord
from factotum.bots.until import end_of, fault_of
from factotum.core.errors import BadInput
from factotum.core.fields import Fields, Link, LongText, Text
from factotum.core.values import Ref

if TYPE_CHECKING:
    from factotum.bots.behavior import Behavior
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps
    from factotum.bots.nodes import Step

DECISION = "_approval"
NOTHING_ASKED = "Nothing is asked: write what is to be approved."


@action_types.add("approval")
class Approval(ActionType):
    """The placeholder gets ``{is_approved, by, comment, at}``, ``at`` in seconds since 1970."""

    key = "approval"
    label = "Ask for approval"
    description = "Waits until a person approves or refuses something, and keeps what they said."
    fields: ClassVar[Fields] = Fields(
        LongText(key="message", label="What is to be approved", required=True),
        Link(
            key="worker_id",
            label="Who may say",
            to="worker",
            help="They or an admin. Empty: whoever may change the bot.",
        ),
        Text(
            key="expires",
            label="Counts as refused after",
            placeholder="2 days",
            help="Empty: it waits for as long as nobody says.",
        ),
        Text(key="placeholder", label="Save the decision to", default=DECISION),
    )

    def not_available(self, step: Step, behavior: Behavior) -> str:
        """A question without words, or a time that none can be read from."""
        del behavior
        if not str(step.params.get("message") or "").strip():
            return NOTHING_ASKED
        expires = str(step.params.get("expires") or "")
        return fault_of(expires, datetime.now(UTC), UTC) if expires.strip() else ""

    def run(self, execution: Execution) -> Steps[After | None]:
        """Ask once; it goes on when somebody has said, or when nobody has in time."""
        message = (yield from execution.fill("message")).strip()
        if not message:
            raise BadInput(NOTHING_ASKED)
        worker_id = yield from _worker(execution)
        expires_at = yield from _expires_at(execution)
        decision = yield AskApproval(
            path=execution.path,
            message=message,
            worker_id=worker_id,
            expires_at=expires_at,
        )
        execution.interpreter.waits += 1
        execution.set(execution.param("placeholder").strip() or DECISION, decision)
        return None


def _expires_at(execution: Execution) -> Steps[int | None]:
    """When nobody has said in time, in seconds since 1970."""
    execution.clock.forget()  # the steps before this may have taken their time
    words = yield from execution.fill("expires")
    if not words.strip():
        return None
    moment = yield from execution.clock.read()
    return end_of(words, moment.at, ZoneInfo(execution.interpreter.timezone))


def _worker(execution: Execution) -> Steps[int | None]:
    """Who may say; BadInput where there is no such worker, for nobody would ever say."""
    given = (yield from execution.fill("worker_id")).strip()
    if given in {"", "0"}:
        return None
    worker = {}
    if given.isascii() and given.isdigit() and len(given) < 19:
        worker = yield LoadRecord(path=execution.path, ref=Ref("worker", int(given)))
    if not worker:
        raise BadInput(f"There is no worker {given[:60]} to ask. Choose who may say.")
    return int(given)
