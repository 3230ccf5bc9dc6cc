"""JSON: ``json_encode``, ``json_pretty``, ``json_decode``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FILTERS, FUNCTIONS
from factotum.scripting.values import array, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run

_PRETTY_PRINT = 128
_UNESCAPED_SLASHES = 64
_UNESCAPED_UNICODE = 256
_WHOLE = 1e15

_in_ascii = json.JSONEncoder(separators=(",", ":")).encode
_with_letters = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


@FILTERS.add("json_encode")
def json_encode(run: Run, value: Any, options: Any = 0) -> str:
    r"""A value as JSON, the way PHP writes it: ``/`` as ``\/``, other letters than ASCII escaped.

    An empty map stays ``{}`` (PHP makes it ``[]``). Options are PHP's bits 64 (plain slashes), 128
    (pretty) and 256 (plain letters).
    """
    bits = options if isinstance(options, int) else 0
    if bits & _PRETTY_PRINT:
        return pretty(run, value)
    plain = _Plain(run).of(value)
    out = (_with_letters if bits & _UNESCAPED_UNICODE else _in_ascii)(plain)
    run.fits(len(out))
    return out if bits & _UNESCAPED_SLASHES else out.replace("/", "\\/")


@FILTERS.add("json_pretty")
def json_pretty(run: Run, value: Any) -> str:
    """JSON text laid out with 4 spaces; what is no JSON becomes ``null``.

    A list or a map is taken as it is.
    """
    return pretty(run, value if isinstance(value, (list, Mapping)) else decode(text(value)))


@FUNCTIONS.add("json_decode")
def json_decode(value: Any) -> Any:
    """The value of JSON text; null for what is no JSON."""
    return value if isinstance(value, (list, Mapping)) else decode(text(value))


def pretty(run: Run, value: Any) -> str:
    """A value as JSON laid out with 4 spaces."""
    out = json.dumps(_Plain(run).of(value), indent=4)
    run.fits(len(out))
    return out


def decode(source: str) -> Any:
    """The value of JSON text, else null; whole numbers keep every digit."""
    try:
        return json.loads(source, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


class _Plain:
    """Makes copies that Python's encoder writes as PHP would; counts them."""

    def __init__(self, run: Run) -> None:
        self.run, self.size, self.most = run, 0, run.limits.characters

    def of(self, value: Any) -> Any:
        """One value and all in it."""
        kind = type(value)
        if kind is str:
            self._count(value)
            return value
        if value is None or kind is bool or kind is int:
            return value
        if kind is dict or kind is list:  # asking for Mapping costs more than all before
            return self._deeper(value)
        if kind is float:
            return _plain_float(value)
        if isinstance(value, datetime):
            zone = str(getattr(value.tzinfo, "key", None) or value.tzname())
            shown = value.strftime("%Y-%m-%d %H:%M:%S.%f")
            return {"date": shown, "timezone_type": 3, "timezone": zone}
        return self._deeper(value) if isinstance(value, (list, Mapping)) else text(value)

    def _deeper(self, value: list[Any] | Mapping[Any, Any]) -> Any:
        self.run.down()
        plain = self._of_many(value)
        self.run.up()
        return plain

    def _of_many(self, value: list[Any] | Mapping[Any, Any]) -> Any:
        self.run.visit(len(value) + 1)
        of = self.of
        if isinstance(value, list):
            return [of(item) for item in value]
        if 0 in value:  # only then it may be a list to PHP
            shape = array([(key, of(value[key])) for key in value])
            if isinstance(shape, list):
                return shape
            plain = {str(key): item for key, item in shape.items()}
        else:
            plain = {str(key): of(value[key]) for key in value}
        self._count("".join(plain))
        return plain

    def _count(self, part: str) -> None:
        self.size += len(part)
        if self.size > self.most:
            self.run.fits(self.size)


def _plain_float(value: float) -> int | float:
    if not math.isfinite(value):
        raise Trouble("A number is too big for JSON.")
    return int(value) if value.is_integer() and abs(value) < _WHOLE else value
