"""A bot's values, as a package or the store has them → a Bot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.bots.behavior import Bot, Policy
from factotum.core.values import Owner

APP = Owner()


def read_bot(values: Mapping[str, Any], *, id: int = 0, owner: Owner = APP) -> Bot:
    """A bot's values (``name``, ``is_disabled``, ``timezone``, ``params{config, events, actions}``) as a Bot."""
    params = _object(values.get("params"))
    return Bot(
        id=id,
        name=str(values.get("name") or ""),
        config=_object(params.get("config")),
        owner=owner,
        events=_policy(params.get("events")),
        actions=_policy(params.get("actions")),
        is_disabled=is_on(values.get("is_disabled")),
        timezone=str(values.get("timezone") or ""),
    )


def is_on(value: Any) -> bool:
    """A flag of the file format: true, 1, "1"; all else is off."""
    return str(value).strip().lower() in {"1", "true"}


def _policy(value: Any) -> Policy:
    given = _object(value)
    items = given.get("items")
    names = items.values() if isinstance(items, Mapping) else items or ()
    mode = str(given.get("mode") or "all")
    if mode not in {"all", "allow", "deny"}:
        mode = "allow"  # a word we do not know must not open what it may have meant to close
    return Policy(mode, frozenset(str(name) for name in names))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def whole(value: Any, default: int) -> int:
    """A whole number of the file format, else the default."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return default
