"""How much may be spent: by an account, a bot or a behavior, in a day or a month."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from factotum.core.errors import BadInput
from factotum.runs.budgets.money import GROUPED, amount, dollars, micros_of

WARN_AT = 0.8
UNITS = {"usd": "dollars", "requests": "requests"}
KINDS = {"day": "day", "month": "month"}
MOST_REQUESTS = 10**12
LONGEST_NUMBER = 40  # characters


class Subject(NamedTuple):
    """Whose spending: ``type`` is account, bot or behavior."""

    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Cap:
    """``amount`` is in millionths of a dollar or in requests, as ``unit`` says (usd, requests)."""

    subject: Subject
    period: str
    unit: str
    amount: int

    @property
    def told(self) -> str:
        """``$5.00 a day``, ``100 requests a month``."""
        return f"{quantity(self.unit, self.amount)} a {self.period}"

    def as_json(self) -> dict[str, Any]:
        """As the API shows it; an amount of money is a text."""
        shown = amount(self.amount) if self.unit == "usd" else self.amount
        return {"period": self.period, "unit": self.unit, "amount": shown}


def quantity(unit: str, number: int) -> str:
    """``$0.015`` or ``12 requests``."""
    if unit == "usd":
        return dollars(number)
    return f"{number:,} request{'' if number == 1 else 's'}"


def read_caps(subject: Subject, entries: Sequence[Mapping[str, Any]]) -> list[Cap]:
    """The caps of one subject as the API is given them; BadInput says which one is faulty.

    >>> read_caps(Subject("account", 7), [{"period": "day", "unit": "usd", "amount": "5"}])[0].told
    '$5.00 a day'
    """
    found: dict[tuple[str, str], Cap] = {}
    for number, entry in enumerate(entries):
        cap = _read(subject, entry, f"caps.{number}")
        if (cap.period, cap.unit) in found:
            raise BadInput(
                f"caps.{number}: there are two caps by the {cap.period} in {UNITS[cap.unit]}; "
                "keep one.",
                code="bad-cap",
            )
        found[cap.period, cap.unit] = cap
    return list(found.values())


def _read(subject: Subject, entry: Mapping[str, Any], where: str) -> Cap:
    period, unit = str(entry.get("period", "")), str(entry.get("unit", ""))
    if period not in KINDS:
        raise BadInput(f"{where}.period: it must be day or month.", code="bad-cap")
    if unit not in UNITS:
        raise BadInput(f"{where}.unit: it must be usd or requests.", code="bad-cap")
    try:
        return Cap(subject, period, unit, _amount(unit, entry.get("amount", "")))
    except ValueError as error:
        raise BadInput(f"{where}.amount: {error}", code="bad-cap") from None


def _amount(unit: str, given: Any) -> int:
    if unit == "usd":
        return micros_of(given)
    text = str(given).strip()
    is_number = len(text) < LONGEST_NUMBER and re.fullmatch(GROUPED, text)
    if not is_number or (number := int(text.replace(",", ""))) > MOST_REQUESTS:
        raise ValueError("it must be a whole number of requests, such as 100.")
    return number
