"""Chance, seeded by the run so that a replay renders the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FUNCTIONS
from factotum.scripting.values import integer, is_numeric, items, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MAX_RANDOM = 2**31 - 1


@FUNCTIONS.add("random")
def random(run: Run, values: Any = None, max: Any = None) -> Any:
    """One of a list, a character of a text, a number up to (and with) another."""
    if isinstance(values, (list, Mapping)):
        found = items(values)
        if not found:
            raise Trouble("random takes a list with something in it.")
        return run.random.choice(found)
    if values is None or (is_numeric(values) and not isinstance(values, str)):
        bounds = (0, _MAX_RANDOM if values is None else integer(values))
        if max is not None:
            bounds = (integer(values), integer(max))
        return run.random.randint(min(bounds), _bigger(bounds))
    return run.random.choice(text(values)) if text(values) else ""


def _bigger(bounds: tuple[int, int]) -> int:
    return max(bounds[1], bounds[0])


@FUNCTIONS.add("random_string")
def random_string(run: Run, length: Any = 8) -> str:
    """So many digits and capital letters."""
    count = integer(length)
    if count < 0:
        raise Trouble("random_string takes a length.")
    run.fits(count * 10)
    return "".join(run.random.choices(_ALPHABET, k=count))


@FUNCTIONS.add("shuffle")
def shuffle(run: Run, array: Any) -> list[Any]:
    """The items in another order."""
    found = list(items(array))
    run.random.shuffle(found)
    return found
