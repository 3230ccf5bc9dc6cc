"""Comma-separated values: ``csv``, ``parse_csv``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FILTERS
from factotum.scripting.values import items, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run


@FILTERS.add("csv")
def csv_(run: Run, value: Any) -> str:
    """Rows (lists or maps) as lines of CSV; texts with a space or a sign stand in quotes."""
    rows = items(value)
    if rows and not isinstance(rows[0], (list, Mapping)):
        rows = [rows]
    out = run.buffer()
    for row in rows:
        run.visit()
        for place, one in enumerate(items(row)):
            out.add("," if place else "")
            out.add(_cell(one))
        out.add("\n")
    return out.text()


def _cell(value: Any) -> str:
    shown = text(value)
    if re.search(r'[\s",;\\]', shown):
        return '"' + shown.replace('"', '""') + '"'
    return shown


@FILTERS.add("parse_csv")
def parse_csv(
    run: Run, value: Any, separator: Any = ",", enclosure: Any = '"', escape: Any = "\\"
) -> list[list[str]]:
    """Lines of CSV as rows; blank lines are passed over."""
    by, quote, escaped = text(separator), text(enclosure), text(escape)
    if len(by) != 1 or len(quote) != 1 or len(escaped) > 1:
        raise Trouble("parse_csv takes single characters.")
    source = io.StringIO(text(value), newline="")
    reader = csv.reader(source, delimiter=by, quotechar=quote, escapechar=escaped or None)
    rows: list[list[str]] = []
    try:
        for row in reader:
            run.visit(len(row) + 1)
            run.fits(len(rows), items=True)
            if row:
                rows.append(row)
    except csv.Error:
        raise Trouble("parse_csv cannot read this text.") from None
    return rows
