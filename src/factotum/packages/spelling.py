"""Close misspellings: the difference between "no such thing" and "did you mean that?"."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that this one is most likely a misspelling of, or ``""``.

    >>> closest("recrods", ["records", "bots"])
    'records'
    """
    by_lower = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[near[0]] if near else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``Did you mean 'records'?``, or ``""`` where nothing is close."""
    near = closest(name, known)
    return f"Did you mean {near!r}?" if near else ""
