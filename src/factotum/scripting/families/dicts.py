"""Changing one place in nested data: ``dict_set``, ``dict_unset``, ``jsonpath_set``.

Data is copied along the way, never changed in place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from factotum.scripting.families.json import decode
from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FUNCTIONS
from factotum.scripting.values import items, like, pairs, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run

_PLACE = re.compile(r"\[(\d*)\]")


@FUNCTIONS.add("dict_set")
def dict_set(run: Run, obj: Any, path: Any, value: Any, delimiter: Any = ".") -> Any:
    """A copy with the value at a path: ``dict_set(json, 'group.members.[]', 'Kina')``.

    Missing maps on the way are made; ``[]`` appends to a list, ``a[0]`` is ``a.0``.
    """
    keys = _keys(text(path), text(delimiter) or ".")
    run.fits(len(keys), items=True)
    if len(keys) > run.limits.depth:
        raise Trouble("dict_set takes a path that is not so deep.")
    return _set(run, obj, keys, value)


@FUNCTIONS.add("jsonpath_set")
def jsonpath_set(run: Run, obj: Any, path: Any, value: Any) -> Any:
    """Like ``dict_set``; takes JSON text too."""
    return dict_set(run, decode(obj) if isinstance(obj, str) else obj, path, value)


@FUNCTIONS.add("dict_unset")
def dict_unset(run: Run, obj: Any, keys: Any, delimiter: Any = ".") -> Any:
    """A copy without these paths."""
    for path in items(keys) or [keys]:
        steps = _keys(text(path), text(delimiter) or ".")
        if len(steps) <= run.limits.depth:
            obj = _unset(run, obj, steps)
    return obj


def _keys(path: str, delimiter: str) -> list[str]:
    """``team.groups[]`` → team, groups, [] and ``a[0]`` → a, 0."""
    spelled = _PLACE.sub(lambda place: f"{delimiter}{place[1] or '[]'}", path)
    return [key for key in spelled.split(delimiter) if key]


def _set(run: Run, target: Any, keys: list[str], value: Any) -> Any:
    if not keys:
        return value
    run.visit(len(target) + 1 if isinstance(target, (list, Mapping)) else 1)
    key, rest = keys[0], keys[1:]
    if not isinstance(target, (list, Mapping)):
        target = [] if key == "[]" else {}
    found = dict(pairs(target))
    place = _next(found) if key == "[]" else _key(found, key, target)
    found[place] = _set(run, found.get(place), rest, value)
    run.fits(len(found), items=True)
    return like({} if isinstance(target, Mapping) else [], list(found.items()))


def _unset(run: Run, target: Any, keys: list[str]) -> Any:
    if not isinstance(target, (list, Mapping)) or not keys:
        return target
    run.visit(len(target) + 1)
    found = dict(pairs(target))
    place = _key(found, keys[0], target)
    if place not in found:
        return target
    if len(keys) == 1:
        del found[place]
    else:
        found[place] = _unset(run, found[place], keys[1:])
    return like(target, list(found.items()))


def _key(found: dict[Any, Any], key: str, target: Any) -> Any:
    whole = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else None
    if whole is not None and (whole in found or (isinstance(target, list) and key not in found)):
        return whole
    return key


def _next(found: dict[Any, Any]) -> int:
    return max((key for key in found if type(key) is int), default=-1) + 1
