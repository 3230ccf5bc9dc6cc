"""PHP's array functions: ``array_diff``, ``array_unique`` …"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from factotum.scripting.comparison import compare
from factotum.scripting.families.tests import fits_pattern
from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FUNCTIONS
from factotum.scripting.values import get, has, items, like, pairs, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run


@FUNCTIONS.add("array_combine")
def array_combine(keys: Any, values: Any) -> dict[str, Any]:
    """A map of these keys to these values."""
    names, found = items(keys), items(values)
    if len(names) != len(found):
        raise Trouble("array_combine takes as many keys as values.")
    return {text(key): value for key, value in zip(names, found, strict=True)}


@FUNCTIONS.add("array_count_values")
def array_count_values(values: Any) -> dict[str, int]:
    """How often each value stands in a list."""
    counts: dict[str, int] = {}
    for value in items(values):
        counts[text(value)] = counts.get(text(value), 0) + 1
    return counts


@FUNCTIONS.add("array_diff")
def array_diff(value: Any, *others: Any) -> Any:
    """Items of the first that stand in none of the others, compared as texts."""
    gone = {text(one) for other in others for one in items(other)}
    return like(value, [(key, one) for key, one in pairs(value) if text(one) not in gone])


@FUNCTIONS.add("array_intersect")
def array_intersect(value: Any, *others: Any) -> Any:
    """Items of the first that stand in all of the others, compared as texts."""
    kept = [{text(one) for one in items(other)} for other in others]
    return like(
        value, [(key, one) for key, one in pairs(value) if all(text(one) in some for some in kept)]
    )


@FUNCTIONS.add("array_extract_keys")
def array_extract_keys(values: Any, keys: Any) -> Any:
    """Each item with only these keys, in this order."""
    names = [text(key) for key in items(keys)]
    return like(
        values,
        [
            (place, {name: get(one, name) for name in names if has(one, name)})
            for place, one in pairs(values)
        ],
    )


@FUNCTIONS.add("array_fill_keys")
def array_fill_keys(keys: Any, value: Any) -> dict[Any, Any]:
    """A map of these keys to one value."""
    return {key if type(key) is int else text(key): value for key in items(keys)}


@FUNCTIONS.add("array_matches")
def array_matches(run: Run, values: Any, patterns: Any) -> Any:
    """Items that fit one of the patterns, in which ``*`` stands for anything."""
    wanted = [text(one) for one in items(patterns)] or [text(patterns)]
    run.visit(len(items(values)) * len(wanted))
    found = pairs(values) if isinstance(values, (list, Mapping)) else [(0, values)]
    return [one for _, one in found if any(fits_pattern(text(one), some) for some in wanted)]


@FUNCTIONS.add("array_sort_keys")
def array_sort_keys(run: Run, value: Any) -> Any:
    """In the order of the keys."""
    found = pairs(value)
    run.visit(len(found))

    def order(one: tuple[Any, Any], two: tuple[Any, Any]) -> int:
        return compare(run, one[0], two[0])

    found.sort(key=cmp_to_key(order))
    return like(value, found)


@FUNCTIONS.add("array_unique")
def array_unique(value: Any) -> Any:
    """The first of equal items, compared as texts."""
    seen: set[str] = set()
    kept = []
    for key, one in pairs(value):
        if text(one) not in seen:
            seen.add(text(one))
            kept.append((key, one))
    return like(value, kept)
