"""PHP's sprintf: ``format``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FILTERS
from factotum.scripting.values import integer, number, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run

_SPEC = re.compile(
    r"%(?:(?P<place>\d{1,3})\$)?(?P<flags>(?:[-+ 0]|'.){0,9})(?P<width>\d{1,4})?"
    r"(?:\.(?P<precision>\d{1,3}))?(?P<kind>[a-zA-Z%])"
)


@FILTERS.add("format")
def format_(run: Run, value: Any, *args: Any) -> str:
    """PHP's sprintf: ``"%s closed %d"|format(who, 120)``; also ``%05.1f``, ``%'*10s``, ``%2$s``."""
    place, size = 0, 0

    def filled(spec: re.Match[str]) -> str:
        nonlocal place, size
        if spec["kind"] == "%":
            return "%"
        at = int(spec["place"]) - 1 if spec["place"] else place
        place += not spec["place"]
        if not 0 <= at < len(args):
            raise Trouble("format has too few values.")
        out = _padded(_spelled(spec, args[at]), spec)
        size += len(out)
        run.fits(size)
        return out

    return _SPEC.sub(filled, text(value))


def _spelled(spec: re.Match[str], value: Any) -> str:
    kind, precision = spec["kind"], int(spec["precision"] or 6)
    if kind == "s":
        return text(value)[: int(spec["precision"]) if spec["precision"] else None]
    if kind in "fFeEgG":
        shown = format(float(number(value)), f".{min(precision, 50)}{kind}")
    elif kind in "dubxXoc":
        whole = integer(value) if kind in "dc" else integer(value) & (2**64 - 1)
        shown = chr(whole & 0xFF) if kind == "c" else format(whole, "d" if kind == "u" else kind)
    else:
        raise Trouble(f'format does not know "%{kind}".')
    return "+" + shown if "+" in spec["flags"] and shown[0] not in "+-" else shown


def _padded(shown: str, spec: re.Match[str]) -> str:
    flags, width = spec["flags"], int(spec["width"] or 0)
    fill = "0" if "0" in re.sub("'.", "", flags) else " "
    if custom := re.search("'(.)", flags):
        fill = custom[1]
    if "-" in re.sub("'.", "", flags):
        return shown.ljust(width, fill)
    if fill == "0" and shown[:1] in {"+", "-"}:
        return shown[0] + shown[1:].rjust(width - 1, fill)
    return shown.rjust(width, fill)
