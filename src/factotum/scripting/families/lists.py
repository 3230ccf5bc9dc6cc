"""Lists and maps: first, last, keys, join, sort, slice, merge, and arrow functions over them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from factotum.scripting.comparison import compare
from factotum.scripting.faults import Trouble
from factotum.scripting.operators import called
from factotum.scripting.registry import FILTERS, FUNCTIONS
from factotum.scripting.values import (
    array,
    empty,
    get,
    integer,
    items,
    like,
    number,
    pairs,
    text,
    truth,
)

if TYPE_CHECKING:
    from factotum.scripting.run import Run


@FILTERS.add("default")
def default(value: Any, other: Any = "") -> Any:
    """The value, or the other if it is empty (null, false, "", no items)."""
    return other if empty(value) else value


@FILTERS.add("first")
def first(value: Any) -> Any:
    """The first item or character; null if there is none."""
    found = _members(value)
    return found[0] if found else None


@FILTERS.add("last")
def last(value: Any) -> Any:
    """The last item or character; null if there is none."""
    found = _members(value)
    return found[-1] if found else None


@FILTERS.add("length")
def length(value: Any) -> int:
    """How many items or characters."""
    return 0 if value is None else len(_members(value))


def _members(value: Any) -> list[Any] | str:
    return items(value) if isinstance(value, (list, Mapping)) else text(value)


@FILTERS.add("keys")
def keys(value: Any) -> list[Any]:
    """The keys of a map, the places of a list."""
    return [key for key, _ in pairs(value)]


@FILTERS.add("values")
@FUNCTIONS.add("array_values")
def values_(value: Any) -> list[Any]:
    """The items as a list."""
    return items(value)


@FILTERS.add("join")
def join(run: Run, value: Any, glue: Any = "", and_: Any = None) -> str:
    """The items as one text with the glue between them, another before the last if given."""
    if not isinstance(value, (list, Mapping)):
        return text(value)
    texts, between = [text(one) for one in items(value)], text(glue)
    final = between if and_ is None else text(and_)
    run.fits(sum(map(len, texts)) + len(texts) * max(len(between), len(final)))
    if len(texts) < 2:
        return "".join(texts)
    return between.join(texts[:-1]) + final + texts[-1]


@FILTERS.add("reverse")
def reverse(value: Any, preserve_keys: Any = False) -> Any:
    """The other way round; number keys are counted anew unless kept."""
    if not isinstance(value, (list, Mapping)):
        return text(value)[::-1]
    found = pairs(value)[::-1]
    return array(found) if truth(preserve_keys) else recounted(found)


@FILTERS.add("slice")
def slice_(value: Any, start: Any = 0, length: Any = None, preserve_keys: Any = False) -> Any:
    """So many items or characters from a place; a negative one counts from the end."""
    begin, count = integer(start), None if length is None else integer(length)
    if not isinstance(value, (list, Mapping)):
        return _cut(text(value), begin, count)
    found = _cut(pairs(value), begin, count)
    return array(found) if truth(preserve_keys) else recounted(found)


def _cut(value: Any, start: int, count: int | None) -> Any:
    begin = max(len(value) + start, 0) if start < 0 else start
    if count is None:
        return value[begin:]
    return value[begin : max(begin + count, begin) if count >= 0 else count]


def recounted(found: list[tuple[Any, Any]]) -> list[Any] | dict[Any, Any]:
    """An array whose number keys are counted from 0, as PHP does it."""
    counter = 0
    out: dict[Any, Any] = {}
    for key, value in found:
        if type(key) is int:
            out[counter] = value
            counter += 1
        else:
            out[key] = value
    return array(list(out.items()))


@FILTERS.add("merge")
def merge(run: Run, value: Any, *others: Any) -> Any:
    """One after the other; later values of a text key replace earlier ones."""
    parts = [part for part in (value, *others) if part is not None]
    if not all(isinstance(part, (list, Mapping)) for part in parts):
        raise Trouble("merge takes lists and maps.")
    run.fits(sum(map(len, parts)), items=True)
    if parts and all(isinstance(part, list) for part in parts):
        return [one for part in parts for one in part]
    counter, out = 0, {}
    for key, one in [pair for part in parts for pair in pairs(part)]:
        if type(key) is int:
            out[counter] = one
            counter += 1
        else:
            out[key] = one
    return like({}, list(out.items()))


@FILTERS.add("sort")
def sort(run: Run, value: Any, by: Any = None) -> Any:
    """In order, keys kept with their values in a map; ``sort((a, b) => a.age <=> b.age)``."""
    if not isinstance(value, (list, Mapping)):
        raise Trouble("sort takes a list or a map.")
    found = pairs(value)
    test = None if by is None else called(by)

    def order(one: tuple[Any, Any], two: tuple[Any, Any]) -> int:
        run.visit()
        return compare(run, one[1], two[1]) if test is None else integer(test(one[1], two[1]))

    found.sort(key=cmp_to_key(order))
    return [one for _, one in found] if isinstance(value, list) else like(value, found)


@FILTERS.add("filter")
def filter_(value: Any, by: Any) -> Any:
    """Items for which ``v => …`` (or ``(v, k) => …``) is true; they keep their keys."""
    test = called(by)
    return like(value, [(key, one) for key, one in pairs(value) if truth(test(one, key))])


@FILTERS.add("map")
def map_(value: Any, by: Any) -> Any:
    """What ``(v, k) => …`` makes of each item."""
    made = called(by)
    return like(value, [(key, made(one, key)) for key, one in pairs(value)])


@FILTERS.add("reduce")
def reduce(value: Any, by: Any, initial: Any = None) -> Any:
    """One value of all: ``reduce((carry, v, k) => carry + v, 0)``."""
    carry, step = initial, called(by)
    for key, one in pairs(value):
        carry = step(carry, one, key)
    return carry


@FILTERS.add("batch")
def batch(run: Run, value: Any, size: Any, fill: Any = None) -> list[Any]:
    """Lists of so many items; the last is filled up if a filler is given."""
    count = integer(number(size))
    if count < 1:
        raise Trouble("batch takes a size of 1 or more.")
    found = items(value)
    chunks = [found[at : at + count] for at in range(0, len(found), count)]
    if fill is not None and chunks:
        run.fits(count, items=True)
        chunks[-1] = chunks[-1] + [fill] * (count - len(chunks[-1]))
    return chunks


@FILTERS.add("column")
@FUNCTIONS.add("array_column")
def column(value: Any, column_key: Any, index_key: Any = None) -> Any:
    """One key of each item that has it; with an index key as a map."""
    found = [one for one in items(value) if isinstance(one, (list, Mapping))]
    if column_key is not None:
        rows = [(one, get(one, column_key)) for one in found if get(one, column_key) is not None]
    else:
        rows = [(one, one) for one in found]
    if index_key is None:
        return [picked for _, picked in rows]
    return like({}, [(text(get(one, index_key)), picked) for one, picked in rows])


@FUNCTIONS.add("attribute")
def attribute(value: Any, key: Any) -> Any:
    """``attribute(person, key)`` is ``person[key]``."""
    return get(value, key)


@FUNCTIONS.add("cycle")
def cycle(value: Any, position: Any) -> Any:
    """The item at a place, going round and round."""
    found = items(value)
    return found[integer(position) % len(found)] if found else text(value)
