"""Regular expressions: ``regexp``, ``regexp_match_all``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from factotum.scripting.patterns import search, search_all
from factotum.scripting.registry import FILTERS, FUNCTIONS
from factotum.scripting.values import integer, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run


@FILTERS.add("regexp")
def regexp(run: Run, value: Any, pattern: Any, group: Any = 0) -> str:
    """What a group (0: all) of the first match matched, else "": ``text|regexp("/#([A-Z]+)/", 1)``."""
    match = search(run, text(pattern), text(value))
    place = integer(group)
    if match is None or not 0 <= place <= (match.re.groups or 0):
        return ""
    return match[place] or ""


@FUNCTIONS.add("regexp_match_all")
def regexp_match_all(run: Run, pattern: Any, text_: Any, group: Any = None) -> list[Any]:
    """Every match: a list for the whole and one for each group; or only that group's list."""
    found = search_all(run, text(pattern), text(text_))
    if not found:
        return []
    groups = found[0].re.groups or 0
    run.fits(len(found) * (groups + 1), items=True)
    run.fits(sum(end - start for match in found for start, end in match.regs))
    table = [[match[place] or "" for match in found] for place in range(groups + 1)]
    if group is None:
        return table
    place = integer(group)
    return table[place] if 0 <= place <= groups else []
