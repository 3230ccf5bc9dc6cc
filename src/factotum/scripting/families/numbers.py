"""Numbers: rounding, formatting, bases, least and most."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from functools import cmp_to_key
from statistics import mean, median, pstdev, pvariance, stdev, variance
from typing import TYPE_CHECKING, Any, Final

from factotum.scripting.comparison import compare
from factotum.scripting.faults import Trouble
from factotum.scripting.operators import span
from factotum.scripting.registry import FILTERS, FUNCTIONS
from factotum.scripting.values import fitted, integer, is_numeric, items, number, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run

_EXACT = Context(prec=500)
_ROUNDINGS: Final = {"common": ROUND_HALF_UP, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAX_DECIMALS = 50
_MAX_SIGNS = 20
_MAX_DIGITS = 400


@FILTERS.add("abs")
def absolute(value: Any) -> int | float:
    """Without its sign."""
    return abs(number(value))


@FILTERS.add("round")
def rounded(value: Any, precision: Any = 0, method: Any = "common") -> int | float:
    """Half away from zero, or up (``ceil``) or down (``floor``), to so many decimals."""
    rounding = _ROUNDINGS.get(text(method))
    if rounding is None:
        raise Trouble('round takes "common", "ceil" or "floor".')
    amount = number(value)
    if not math.isfinite(amount):
        return amount
    places = max(min(integer(precision), _MAX_DECIMALS), -_MAX_DECIMALS)
    result = _to_places(amount, places, rounding)
    return float(result) if places > 0 else fitted(int(result))


@FILTERS.add("number_format")
def number_format(
    value: Any, decimal: Any = 0, decimal_point: Any = ".", thousand_sep: Any = ","
) -> str:
    """Grouped in thousands and rounded: ``16858|number_format(2, '.', ',')`` is 16,858.00."""
    amount = number(value)
    if not math.isfinite(amount):
        return text(amount).lower()
    if len(text(decimal_point)) + len(text(thousand_sep)) > _MAX_SIGNS:
        raise Trouble("number_format takes short separators.")
    places = max(min(integer(decimal), _MAX_DECIMALS), 0)
    result = _to_places(amount, places, ROUND_HALF_UP)
    sign = "-" if result < 0 and result != 0 else ""
    whole, _, fraction = f"{result.copy_abs():f}".partition(".")
    grouped = text(thousand_sep).join(_thousands(whole))
    return sign + grouped + (text(decimal_point) + fraction.ljust(places, "0") if places else "")


def _to_places(amount: float, places: int, rounding: str) -> Decimal:
    exact = Decimal(repr(amount))
    if exact.adjusted() > _MAX_DIGITS:
        return exact
    return exact.quantize(Decimal(1).scaleb(-places), rounding, _EXACT)


def _thousands(digits: str) -> list[str]:
    head = len(digits) % 3
    return ([digits[:head]] if head else []) + [
        digits[at : at + 3] for at in range(head, len(digits), 3)
    ]


@FILTERS.add("base_convert")
def base_convert(value: Any, from_base: Any, to_base: Any) -> str:
    """A number's digits in another base, 2 to 36; strange digits are passed over."""
    source, target = integer(from_base), integer(to_base)
    if not (2 <= source <= 36 and 2 <= target <= 36):
        raise Trouble("base_convert takes bases from 2 to 36.")
    allowed = _DIGITS[:source]
    kept = "".join(one for one in text(value).lower() if one in allowed)[:_MAX_DIGITS]
    left, out = int(kept or "0", source), ""
    while left:
        left, digit = divmod(left, target)
        out = _DIGITS[digit] + out
    return out or "0"


@FILTERS.add("array_sum")
@FUNCTIONS.add("array_sum")
def array_sum(value: Any) -> int | float:
    """The sum of what is a number in a list or map."""
    return fitted(sum(number(one) for one in items(value) if not isinstance(one, (list, Mapping))))


@FUNCTIONS.add("max")
def most(run: Run, *values: Any) -> Any:
    """The biggest of a list, or of the arguments."""
    return _extreme(run, values, 1)


@FUNCTIONS.add("min")
def least(run: Run, *values: Any) -> Any:
    """The smallest of a list, or of the arguments."""
    return _extreme(run, values, -1)


def _extreme(run: Run, values: tuple[Any, ...], sign: int) -> Any:
    found = items(values[0]) if len(values) == 1 else list(values)
    if not found:
        raise Trouble("max and min need at least one value.")
    run.visit(len(found))
    return max(found, key=cmp_to_key(lambda a, b: sign * compare(run, a, b)))


@FUNCTIONS.add("clamp_int")
def clamp_int(value: Any, min: Any, max: Any) -> int:
    """A whole number between two bounds."""
    return sorted((integer(min), integer(value), integer(max)))[1]


@FUNCTIONS.add("clamp_float")
def clamp_float(value: Any, min: Any, max: Any) -> float:
    """A number between two bounds."""
    return float(sorted((number(min), number(value), number(max)))[1])


@FUNCTIONS.add("validate_number")
def validate_number(value: Any) -> bool:
    """Whether a value is a number."""
    return is_numeric(value)


@FUNCTIONS.add("range")
def range_(run: Run, low: Any, high: Any, step: Any = 1) -> list[Any]:
    """``range(5, 15, 2)``, like ``5..15`` with a step."""
    return span(run, low, high, step)


@FILTERS.add("stat")
def stat(value: Any, measure: Any = "mean", decimals: Any = None) -> int | float:
    """A measure of a list of numbers, rounded to so many decimals if given; 0 of too few.

    count, max, mean, median, min, mode, sum; of a whole population stdevp and varp, of a sample
    stdevs and vars.
    """
    name, numbers = text(measure).lower(), [number(one) for one in items(value)]
    if name not in _MEASURES:
        raise Trouble(f"stat takes one of {', '.join(_MEASURES)}.")
    needed = 2 if name in {"stdevs", "vars"} else 1
    result = _MEASURES[name](numbers) if len(numbers) >= needed else 0
    return result if decimals is None else rounded(result, decimals)


def _mode(numbers: list[int | float]) -> int | float:
    return Counter(numbers).most_common(1)[0][0]


_MEASURES: Final[dict[str, Any]] = {
    "count": len, "max": max, "mean": mean, "median": median, "min": min, "mode": _mode,
    "stdevp": pstdev, "stdevs": stdev, "sum": sum, "varp": pvariance, "vars": variance,
}  # fmt: skip
