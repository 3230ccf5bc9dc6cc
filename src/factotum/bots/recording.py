"""Results of effects as JSON, so that a walk can be parked and walked again to where it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from factotum.bots.behavior import Behavior
from factotum.bots.effects import (
    Ask,
    CallHttp,
    Effect,
    FindRecords,
    HttpResult,
    LoadBehavior,
    Note,
    ReadClock,
)
from factotum.bots.flow import Steps
from factotum.bots.tree import read_behavior, read_bot
from factotum.core.errors import BadInput, BehaviorFault, FactotumError, NotFound, Refused
from factotum.core.values import Moment, Owner

R = TypeVar("R")

_ERROR = "$error"
_ERRORS: dict[str, type[FactotumError]] = {
    "BadInput": BadInput,
    "NotFound": NotFound,
    "Refused": Refused,
}


def is_recorded(effect: Effect) -> bool:
    """Whether an effect's result is kept: all but notes, which return nothing and change nothing."""
    return not isinstance(effect, Note)


def encode_result(effect: Effect, result: Any) -> Any:
    """What an effect returned, or the error it was refused with, as a JSON value."""
    if isinstance(result, FactotumError):
        kind = next((name for name, one in _ERRORS.items() if isinstance(result, one)), "")
        return {_ERROR: [kind, result.sentence, result.code]}
    if isinstance(result, Moment):
        return {"at": result.at.isoformat(), "seed": str(result.seed)}
    if isinstance(result, HttpResult):
        return {name: getattr(result, name) for name in HttpResult.__slots__}
    if isinstance(result, Behavior):
        return _encode_behavior(result)
    if isinstance(effect, FindRecords):
        return {str(key): record for key, record in result.items()}
    return result


def decode_result(effect: Effect, value: Any) -> Any:
    """The result again; an error is returned, to be thrown into the walk."""
    if isinstance(value, dict) and _ERROR in value:
        kind, sentence, code = value[_ERROR]
        return _ERRORS.get(kind, FactotumError)(sentence, code=code)
    if isinstance(effect, ReadClock):
        return Moment(datetime.fromisoformat(value["at"]), int(value["seed"]))
    if isinstance(effect, CallHttp):
        return HttpResult(**value)
    if isinstance(effect, LoadBehavior):
        return _decode_behavior(value)
    if isinstance(effect, FindRecords):
        return {int(key): record for key, record in value.items()}
    return value


def resume(walk: Steps[R], recorded: Sequence[Any]) -> Effect:
    """Walk to the first effect that has no recorded result, usually the pending ``Ask``.

    Raises BehaviorFault where the walk ends before: the record is not this walk's.
    """
    values = iter(recorded)
    try:
        effect = next(walk)
        while True:
            if not is_recorded(effect):
                effect = walk.send(None)
                continue
            try:
                value = next(values)
            except StopIteration:
                return effect
            effect = give(walk, decode_result(effect, value))
    except StopIteration:
        raise BehaviorFault(
            "The conversation cannot go on where it was. Begin it again.", code="cannot-resume"
        ) from None


def give(walk: Steps[Any], result: Any) -> Effect:
    """Give a walk a result; an error is thrown into it. Returns the next effect."""
    if isinstance(result, FactotumError):
        return walk.throw(result)
    return walk.send(result)


def is_waiting(effect: Effect) -> bool:
    """Whether a walk stands at a question."""
    return isinstance(effect, Ask)


def _encode_behavior(behavior: Behavior) -> dict[str, Any]:
    bot = behavior.bot
    return {
        "id": behavior.id,
        "revision": behavior.revision,
        "document": dict(behavior.source),
        "bot": {
            "id": bot.id,
            "name": bot.name,
            "is_disabled": bot.is_disabled,
            "timezone": bot.timezone,
            "owner": [bot.owner.type, bot.owner.id],
            "params": {
                "config": dict(bot.config),
                "events": {"mode": bot.events.mode, "items": sorted(bot.events.items)},
                "actions": {"mode": bot.actions.mode, "items": sorted(bot.actions.items)},
            },
        },
    }


def _decode_behavior(value: Any) -> Behavior | None:
    if value is None:
        return None
    given = value["bot"]
    bot = read_bot(given, id=given["id"], owner=Owner(*given["owner"]))
    behavior, _ = read_behavior(
        value["document"], id=value["id"], revision=value["revision"], bot=bot
    )
    return behavior
