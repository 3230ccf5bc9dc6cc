"""Money as whole millionths of a US dollar, so that sums are exact on every database."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal

MICROS = 1_000_000
MOST = 10**15  # a billion dollars

GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
"""A whole number; commas stand between thousands alone, for 0,5 is a half to many who type it."""

_AMOUNT = re.compile(
    rf"\$?\s*(-?(?=\.?[0-9])(?:{GROUPED})?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{{1,2}})?)"
)


def micros_of(text: object) -> int:
    """``"0.015"`` → 15000, rounded up to a millionth; ValueError for what is no amount.

    >>> micros_of("0.015"), micros_of("$5"), micros_of(2)
    (15000, 5000000, 2000000)
    """
    found = _AMOUNT.fullmatch(str(text).strip())
    if found is None:
        raise ValueError(f"{str(text)[:40]!r} is no amount of dollars such as 0.015.")
    amount = Decimal(found[1].replace(",", ""))
    micros = int((amount * MICROS).to_integral_value(ROUND_CEILING))
    if not 0 <= micros <= MOST:
        raise ValueError("An amount must be between 0 and a billion dollars.")
    return micros


def amount(micros: int) -> str:
    """15000 → ``0.015``; at least two decimals.

    >>> amount(15000), amount(5_000_000), amount(-250_000)
    ('0.015', '5.00', '-0.25')
    """
    text = f"{Decimal(micros) / MICROS:.6f}".rstrip("0")
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction:0<2}"


def dollars(micros: int) -> str:
    """15000 → ``$0.015``."""
    return f"-${amount(-micros)}" if micros < 0 else f"${amount(micros)}"
