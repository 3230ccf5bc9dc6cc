"""What a run waits for, went on after, and has done to others: in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from factotum.runs.run import EffectRow, Run
from factotum.runs.sendings import SENT_AGAIN

WAITS: Mapping[str, str] = {
    "approval": "Waiting for approval",
    "checking": "Looking up whether it happened",
    "delay": "Delayed",
    "held": "Held",
    "retry": "Waiting to try again",
    "unknown": "Waiting for you to say what happened",
}
NO_ROOM = "Waiting for room"

WENT_ON: Mapping[str, str] = {
    "approval": "Went on after waiting for approval",
    "checking": "Went on after looking it up",
    "delay": "Went on after the delay",
    "failed": "Tried again",
    "held": "Was held, and resumed",
    "retry": "Went on after a wait",
    "taken-over": "Another process went on",
    "unknown": "Went on after somebody said what happened",
}
LOOKED_AGAIN = "Looked again whether there was room"

READ_BACK = "read-back"


@dataclass(frozen=True, slots=True)
class Told:
    """An effect in words; ``tone`` is good, bad, warn, info or ""."""

    effect: EffectRow
    state: str
    tone: str
    more: str


def wait_title(run: Run) -> str:
    """What it waits for, in a few words."""
    return WAITS.get(run.wait_code, NO_ROOM)


def went_on_title(code: str) -> str:
    """After what it went on."""
    return WENT_ON.get(code, LOOKED_AGAIN)


def tries(run: Run) -> int:
    """How often a request was tried again."""
    return sum(count for path, count in run.tries.items() if not path.startswith("look "))


def happened_to(run: Run) -> str:
    """What a line of the list tells beside the status: tries and takeovers; "" for a smooth run.

    >>> happened_to(Run("1", "T", "api", "durable", "done", 0.0, tries={"0": 2}))
    'tried again 2 times'
    """
    codes = [each["code"] for each in run.went_on]
    counts = {
        "tried again": tries(run) + codes.count("failed"),
        "taken over": codes.count("taken-over"),
    }
    told = (f"{what} {_times(count)}" for what, count in counts.items() if count)
    return ", ".join(told)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def told(effects: Sequence[EffectRow]) -> list[Told]:
    """What has become of each request that changes something."""
    return [Told(effect, *_state(effect)) for effect in effects]


def _state(effect: EffectRow) -> tuple[str, str, str]:
    if effect.state == "answered":
        is_bad = (effect.status_code or 0) >= 400
        return f"answered {effect.status_code}", "bad" if is_bad else "good", effect.note
    if effect.state == "refused":
        return "not done", "bad", effect.note
    if effect.state == "unknown":
        return "nobody knows", "warn", f"{effect.note} It may have arrived.".strip()
    if effect.state == "settled":
        return _settled(effect)
    if effect.state == "sent":
        return "sent", "info", "It has left and is not answered yet."
    return "under way", "info", effect.note


def _settled(effect: EffectRow) -> tuple[str, str, str]:
    who = "the service" if effect.said_by == READ_BACK else effect.said_by or "somebody"
    if effect.outcome == "happened":
        return "happened", "good", f"It got no answer; {who} says that it happened."
    if effect.outcome == "not-done":
        return "did not happen", "info", f"It got no answer; {who} says that it did not happen."
    if effect.outcome == SENT_AGAIN:
        more = f"{effect.note} It was sent again with the same key, so the service does it once."
        return "sent again", "info", more.strip()
    return "given up", "warn", f"It got no answer; {who} gave it up."
