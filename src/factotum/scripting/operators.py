"""What the operators of a script do; compiled scripts call these.

One whose first parameter is called ``run`` gets the rendering there. An argument typed as a callable
is worked out only when needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from inspect import signature
from typing import TYPE_CHECKING, Any, Final

from factotum.scripting.comparison import compare, equal
from factotum.scripting.faults import Trouble
from factotum.scripting.patterns import search
from factotum.scripting.values import array, fitted, integer, items, number, pairs, text, truth

if TYPE_CHECKING:
    from factotum.scripting.run import Run

Arrow = Callable[..., Any]


def add(run: Run, left: Any, right: Any) -> Any:
    """``+``; of two maps their union, as in PHP."""
    if isinstance(left, (list, Mapping)) and isinstance(right, (list, Mapping)):
        run.fits(len(left) + len(right), items=True)
        return array(list({**dict(pairs(right)), **dict(pairs(left))}.items()))
    return fitted(number(left) + number(right))


def subtract(left: Any, right: Any) -> int | float:
    """``-``."""
    return fitted(number(left) - number(right))


def multiply(left: Any, right: Any) -> int | float:
    """``*``."""
    return fitted(number(left) * number(right))


def divide(left: Any, right: Any) -> int | float:
    """``/``: whole where it comes out even."""
    first, second = number(left), _divisor(right)
    if type(first) is int and type(second) is int and first % second == 0:
        return first // second
    return fitted(first / second)


def floor_divide(left: Any, right: Any) -> int:
    """``//``."""
    return integer(fitted(number(left) // _divisor(right)))


def modulo(left: Any, right: Any) -> int:
    """``%`` of the whole parts; the sign is that of the left side."""
    first, second = integer(left), int(_divisor(integer(right)))
    rest = abs(first) % abs(second)
    return -rest if first < 0 else rest


def _divisor(value: Any) -> int | float:
    divisor = number(value)
    if divisor == 0:
        raise Trouble("A number is divided by zero.")
    return divisor


def power(left: Any, right: Any) -> int | float:
    """``**``."""
    base, exponent = number(left), number(right)
    if type(base) is int and type(exponent) is int and base.bit_length() * abs(exponent) <= 64:
        return fitted(base**exponent) if base or exponent >= 0 else math.inf
    try:
        return fitted(math.pow(base, exponent))
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def negative(value: Any) -> int | float:
    """``-a``."""
    return fitted(-number(value))


def positive(value: Any) -> int | float:
    """``+a``."""
    return number(value)


def bit_and(left: Any, right: Any) -> int:
    """``b-and``."""
    return integer(left) & integer(right)


def bit_or(left: Any, right: Any) -> int:
    """``b-or``."""
    return integer(left) | integer(right)


def bit_xor(left: Any, right: Any) -> int:
    """``b-xor``."""
    return integer(left) ^ integer(right)


def xor(left: Any, right: Any) -> bool:
    """``xor``."""
    return truth(left) != truth(right)


def is_equal(run: Run, left: Any, right: Any) -> bool:
    """``==``."""
    return equal(run, left, right)


def is_unequal(run: Run, left: Any, right: Any) -> bool:
    """``!=``."""
    return not equal(run, left, right)


def spaceship(run: Run, left: Any, right: Any) -> int:
    """``<=>``."""
    return compare(run, left, right)


def less(run: Run, left: Any, right: Any) -> bool:
    """``<``."""
    return compare(run, left, right) < 0


def more(run: Run, left: Any, right: Any) -> bool:
    """``>``."""
    return compare(run, left, right) > 0


def at_most(run: Run, left: Any, right: Any) -> bool:
    """``<=``."""
    return compare(run, left, right) <= 0


def at_least(run: Run, left: Any, right: Any) -> bool:
    """``>=``."""
    return compare(run, left, right) >= 0


def is_in(run: Run, needle: Any, hay: Any) -> bool:
    """``in``: a value of a list or map, or a part of a text."""
    if isinstance(hay, (list, Mapping)):
        return any(equal(run, needle, item) for item in _visited(run, hay))
    if isinstance(needle, (list, Mapping, datetime)) or hay is None:
        return False
    return text(needle) in text(hay)


def is_not_in(run: Run, needle: Any, hay: Any) -> bool:
    """``not in``."""
    return not is_in(run, needle, hay)


def _visited(run: Run, value: Any) -> list[Any]:
    found = items(value)
    run.visit(len(found))
    return found


def matches(run: Run, value: Any, pattern: Any) -> bool:
    """``matches '/x/i'``."""
    return search(run, text(pattern), text(value)) is not None


def starts_with(value: Any, prefix: Any) -> bool:
    """``starts with``; null starts with nothing."""
    return value is not None and prefix is not None and text(value).startswith(text(prefix))


def ends_with(value: Any, suffix: Any) -> bool:
    """``ends with``; null ends with nothing."""
    return value is not None and suffix is not None and text(value).endswith(text(suffix))


def has_some(value: Any, test: Arrow) -> bool:
    """``has some v => …``."""
    return any(truth(called(test)(item, key)) for key, item in pairs(value))


def has_every(value: Any, test: Arrow) -> bool:
    """``has every v => …``."""
    return all(truth(called(test)(item, key)) for key, item in pairs(value))


def span(run: Run, first: Any, last: Any, step: Any = 1) -> list[Any]:
    """``1..5``, ``'a'..'e'``, ``5..1``: both ends included."""
    if isinstance(first, str) and isinstance(last, str) and first.isalpha() and last.isalpha():
        return [chr(code) for code in span(run, ord(first[0]), ord(last[0]), step)]
    start, end, by = number(first), number(last), abs(number(step))
    if by == 0 or not math.isfinite(start + end + by):
        raise Trouble("A range needs finite ends and a step other than 0.")
    count = int(abs(end - start) / by) + 1
    run.fits(count, items=True)
    return [start + place * (by if end >= start else -by) for place in range(count)]


def concat(run: Run, *parts: Any) -> str:
    """``~``."""
    texts = [text(part) for part in parts]
    run.fits(sum(map(len, texts)))
    return "".join(texts)


def elvis(value: Any, other: Callable[[], Any]) -> Any:
    """``a ?: b``."""
    return value if truth(value) else other()


def coalesce(value: Any, other: Callable[[], Any]) -> Any:
    """``a ?? b``."""
    return value if value is not None else other()


def arrow(run: Run, names: tuple[str, ...], body: Callable[[], Any]) -> Arrow:
    """``(a, b) => body``: called with more arguments than it names, it ignores the rest."""

    def call(*args: Any) -> Any:
        run.tick()
        outer = run.variables
        given = args[: len(names)] + (None,) * (len(names) - len(args))
        run.variables = {**outer, **dict(zip(names, given, strict=True))}
        result = body()
        run.variables = outer
        return result

    return call


def called(value: Any) -> Arrow:
    """An arrow function; raises Trouble for anything else."""
    if getattr(value, "__code__", None) is not _ARROW_CODE:
        raise Trouble("An arrow function (v => …) is expected here.")
    return value  # type: ignore[no-any-return]


_ARROW_CODE = next(one for one in arrow.__code__.co_consts if getattr(one, "co_name", "") == "call")


def key(value: Any) -> str | int:
    """A key of a map given as ``(expression)``."""
    return value if type(value) is int else text(value)


class Spreading(list[Any]):
    """Items of ``...list`` on their way into another list."""


def spreading(value: Any) -> Spreading:
    """``...list``."""
    return Spreading(items(value))


def spread(run: Run, *parts: Any) -> list[Any]:
    """``[a, ...list]``."""
    found = [one for part in parts for one in (part if isinstance(part, Spreading) else [part])]
    run.fits(len(found), items=True)
    return found


def scope(run: Run, extra: Any, only: Any) -> Any:
    """``{% with extra only %}``."""
    return run.scope(extra, only=bool(only))


OPERATORS: Final[dict[str, Callable[..., Any]]] = {
    one.__name__: one
    for one in (
        add, subtract, multiply, divide, floor_divide, modulo, power, negative, positive,
        bit_and, bit_or, bit_xor, xor, is_equal, is_unequal, spaceship, less, more, at_most,
        at_least, is_in, is_not_in, matches, starts_with, ends_with, has_some, has_every, span,
        concat, elvis, coalesce, arrow, key, spreading, spread, scope,
    )
}  # fmt: skip
WANTING_RUN: Final = frozenset(
    name for name, one in OPERATORS.items() if next(iter(signature(one).parameters)) == "run"
)
