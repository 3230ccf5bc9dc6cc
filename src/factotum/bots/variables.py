"""What a behavior's inputs become: converted by the type of the variable that takes them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from factotum.bots.behavior import Behavior, Variable
from factotum.bots.effects import LoadRecord
from factotum.bots.record_names import type_of
from factotum.bots.scope import ref_to
from factotum.core.errors import BadInput

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps

_NUMBER = re.compile(r"\s*([+-]?)(\d+)", re.ASCII)
_LARGEST = 2**63 - 1


def defaults(behavior: Behavior) -> dict[str, Any]:
    """Every variable as it is before anything is put in."""
    return {one.key: _empty(one) for one in behavior.variables} | {
        key: value for one in behavior.variables for key, value in _context_of(one).items()
    }


def given(behavior: Behavior, values: Mapping[str, Any]) -> dict[str, Any]:
    """A person's inputs under the variables' own keys; ``var_`` may be left out.

    Raises BadInput with a sentence per wrong name.
    """
    public = {one.key for one in behavior.variables if not one.is_private}
    found, wrong = {}, {}
    for name, value in values.items():
        key = name if name.startswith("var_") else f"var_{name}"
        if key in public:
            found[key] = value
        else:
            wrong[name] = f"{behavior.title} has no input {name}."
    if wrong:
        known = ", ".join(sorted(key.removeprefix("var_") for key in public))
        hint = f"Its inputs are: {known}." if known else "It takes no inputs."
        raise BadInput(f"{' '.join(wrong.values())} {hint}", code="unknown-input", fields=wrong)
    return found


def convert(variable: Variable, value: Any, execution: Execution) -> Steps[dict[str, Any]]:
    """The placeholders that this input sets; BadInput where the value cannot stand."""
    if variable.type == "E":
        moment = yield from execution.timestamp(_text(value))
        return {variable.key: moment}
    if variable.holds_records:
        records = yield from _records(variable, value, execution)
        return {variable.key: records}
    converter = _CONVERTERS.get(variable.type)
    converted = value if converter is None else converter(variable, value)
    return {variable.key: converted, **_context_of(variable)}


def whole_number(value: Any) -> int:
    """The whole number that a text begins with, else 0; true is 1. At most 64 bits, as PHP's."""
    if isinstance(value, bool | int):
        return max(min(int(value), _LARGEST), -_LARGEST)
    match = _NUMBER.match(str(value))
    if match is None:
        return 0
    number = min(int(match[2]), _LARGEST) if len(match[2]) < 20 else _LARGEST
    return -number if match[1] == "-" else number


def is_true(value: Any) -> bool:
    """PHP's truth: "", "0", 0, null and what is empty are false."""
    return bool(value) and value != "0"


def _number(_variable: Variable, value: Any) -> int:
    return whole_number(value)


def _checkbox(_variable: Variable, value: Any) -> int:
    return int(is_true(value.strip() if isinstance(value, str) else value))


def _option(variable: Variable, value: Any) -> str:
    text = _text(value)
    options = options_of(variable)
    if text and options and text not in options:
        raise BadInput(
            f"{variable.label} must be one of {', '.join(options)}; it is “{text}”.",
            fields={variable.key: f"Must be one of {', '.join(options)}."},
        )
    return text


def _line(_variable: Variable, value: Any) -> Any:
    return value if isinstance(value, list | Mapping) else _text(value)


_CONVERTERS: Mapping[str, Callable[[Variable, Any], Any]] = {
    "S": _line,
    "T": _line,
    "U": _line,
    "N": _number,
    "C": _checkbox,
    "D": _option,
    "W": _number,
    "L": _number,
}


def options_of(variable: Variable) -> list[str]:
    """A dropdown's options: a text with one a line, or a list."""
    options = variable.params.get("options")
    lines: Iterable[Any] = ()
    if isinstance(options, str):
        lines = options.splitlines()
    elif isinstance(options, list | Mapping):
        lines = options.values() if isinstance(options, Mapping) else options
    return [str(line).strip() for line in lines if str(line).strip()]


def ids_in(value: Any) -> list[int]:
    """Record ids from a list, a map by id, JSON, or a text such as ``3, 5``."""
    if isinstance(value, str) and value.strip().startswith(("[", "{")):
        try:
            return ids_in(json.loads(value))
        except ValueError:
            return []
    if isinstance(value, Mapping):
        return [whole_number(value["id"])] if "id" in value else [whole_number(v) for v in value]
    if isinstance(value, list | tuple):
        return [found for one in value for found in ids_in(one)]
    numbers = [whole_number(part) for part in str(value).split(",")]
    return [number for number in numbers if number]


def _records(variable: Variable, value: Any, execution: Execution) -> Steps[dict[str, Any]]:
    context = variable.context
    found = {}
    for one in ids_in(value):
        ref = ref_to(context, one)
        record = (yield LoadRecord(path=execution.path, ref=ref)) if ref else None
        if record:
            found[str(one)] = {"_context": type_of(context), "id": one, **record}
    return found


def _empty(variable: Variable) -> Any:
    if variable.holds_records:
        return {}
    return 0 if variable.type in {"N", "C", "W", "L"} else ""


def _context_of(variable: Variable) -> dict[str, Any]:
    """``var_owner_id`` of type W also says what ``var_owner_…`` are the fields of."""
    context = "worker" if variable.type == "W" else variable.params.get("context")
    if variable.type not in {"W", "L"} or not context or not variable.key.endswith("_id"):
        return {}
    return {f"{variable.key.removesuffix('_id')}__context": str(context)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)
