"""What a loop goes through: JSON lists and objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps


def items(script: str, execution: Execution) -> Steps[dict[str | int, Any]]:
    """The items by key that a loop's script names; a warning where it names neither."""
    text = yield from execution.render(script)
    found = decoded(text)
    if found is None or isinstance(found, list | dict):
        return by_key(found)
    yield from execution.warn("The loop got neither a list nor an object; it did nothing.")
    return {}


def decoded(value: Any) -> Any:
    """JSON as a value; an empty text is nothing, one that is not JSON stays a text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except (ValueError, RecursionError):
        return value


def by_key(value: Any) -> dict[str | int, Any]:
    """A map of its own, to take items off; a list has the keys 0, 1, 2 …"""
    if isinstance(value, Mapping):
        return dict(value)
    return dict(enumerate(value)) if isinstance(value, list) else {}
