"""How much one script may do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one rendering; over one of them it stops with a ScriptFault (``script-limit``)."""

    seconds: float = 2.0
    """Time from start to end, checked at every statement, round, filter and function."""
    characters: int = 4_000_000
    """Length of the output, and of any one text on the way."""
    total: int = 64_000_000
    """Characters of all longer texts that a script makes on its way, kept or not."""
    items: int = 100_000
    """Length of any one list or map that a script makes."""
    visits: int = 1_000_000
    """Items looked at by one deep comparison or encoding."""
    depth: int = 40
    """Macros inside macros, and values inside values."""
    script: int = 500_000
    """Characters of the script itself."""
    tokens: int = 40_000
    """Names, signs and texts of the script itself."""
