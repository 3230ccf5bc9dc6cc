"""A ``Query`` on a table: conditions, order, and pages that stay put while rows come and go.

A cursor names the last row by its sort value and id, so the next page begins right behind it however
many rows were added or removed before it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q, QuerySet

from factotum.core.errors import BadInput
from factotum.core.ports import Page, Query, Term
from factotum.core.values import Owner
from factotum.records.ownership import APP, whole_of
from factotum.records.values import stored_value
from factotum.store.tables import BOOKKEEPING, Table, table_of

OPERATORS = {
    "is": "exact",
    "has": "icontains",
    "like": "iregex",
    "in": "in",
    "gt": "gt",
    "lt": "lt",
}


def find(table: Table, query: Query) -> Page:
    """The page of records that the query asks for."""
    rows = _matching(table, query)
    total = rows.count()
    descends = query.sort.startswith("-")
    rows = rows.annotate(sort_value=table.column(_known(table, query.sort.removeprefix("-"))))
    if query.after:
        rows = _behind(rows, query)
    order = ("-sort_value", "-pk") if descends else ("sort_value", "pk")
    found = list(rows.order_by(*order)[: query.limit + 1])
    page = found[: query.limit]
    cursor = _cursor(query.sort, page[-1]) if len(found) > len(page) else ""
    return Page([table.record(row) for row in page], cursor, total)


def _matching(table: Table, query: Query) -> QuerySet[Any]:
    rows = table.rows()
    for number, term in enumerate(query.terms):
        name = f"term_{number}"
        rows = rows.alias(**{name: table.column(_known(table, term.key))})
        rows = rows.filter(_condition(table, name, term))
    if query.owners is not None:
        rows = rows.filter(_of(table, query.owners))
    return rows


def _of(table: Table, owners: Sequence[Owner]) -> Q:
    """Whose rows: these owners', or parts of what is theirs. What has no owner is the app's."""
    if table.type.part_of:
        whole = table_of(whole_of(table.type))
        return Q(**{f"{table.type.part_of}__in": whole.rows().filter(_of(whole, owners))})
    if not table.type.has_owner:
        return Q() if APP in owners else Q(pk__in=[])
    owned = Q(pk__in=[])
    for owner in owners:
        owned |= Q(owner_context=owner.type, owner_id=owner.id)
    return owned


def _known(table: Table, key: str) -> str:
    keys = [field.key for field in table.fields]
    if key in BOOKKEEPING or key in keys:
        return key
    raise BadInput(
        f"{table.type.plural} have no field {key!r}; there are: {', '.join(keys)}.",
        code="unknown-field",
    )


def _condition(table: Table, name: str, term: Term) -> Q:
    oper = term.oper.removeprefix("!")
    value = _compared(table, oper, term)
    condition = Q(**{f"{name}__{OPERATORS[oper]}": value})
    return ~condition if term.oper.startswith("!") else condition


def _compared(table: Table, oper: str, term: Term) -> Any:
    if oper == "has":
        return str(term.value)
    if oper == "like":
        return _pattern(str(term.value))
    if term.key in table.type.fields:
        field = table.type.fields[term.key]
        if oper == "in":
            return [stored_value(field, value) for value in term.value]
        return stored_value(field, term.value)
    return term.value


def _pattern(text: str) -> str:
    """A regular expression for a text in which ``*`` stands for anything.

    SQLite's expressions are Python's, which would try every way to divide a text between many
    stars: there each part is taken where it first stands.
    """
    first, *others = map(re.escape, text.split("*"))
    if not others:
        return f"^{first}$"
    inner, last = others[:-1], others[-1]
    taken = "(?>.*?{})" if connection.vendor == "sqlite" else ".*{}"
    return f"^{first}{''.join(taken.format(part) for part in inner)}.*{last}$"


def _cursor(sort: str, row: Any) -> str:
    value = row.sort_value
    kept = {"at": value.isoformat()} if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([sort, kept, row.pk]).encode()).decode().rstrip("=")


def _behind(rows: QuerySet[Any], query: Query) -> QuerySet[Any]:
    """The rows after the one that the cursor names; BadInput for one that fits no list of these."""
    side = "lt" if query.sort.startswith("-") else "gt"
    try:
        text = query.after + "=" * (-len(query.after) % 4)
        sort, value, pk = json.loads(base64.urlsafe_b64decode(text))
        if sort == query.sort:
            value = datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
            same = Q(**{"sort_value": value, f"pk__{side}": int(pk)})
            return rows.filter(Q(**{f"sort_value__{side}": value}) | same)
    except (ValueError, TypeError, KeyError, ValidationError):
        pass
    raise BadInput(
        "This page's address does not fit the list any more; start at its first page.",
        code="bad-cursor",
    )
