"""JSON kept as text: keys stay in their order, numbers and any text as they were.

PostgreSQL's ``jsonb`` sorts keys and refuses U+0000, and a package has to be given back as it came.
Nothing is searched inside these columns.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson
from django.db import models

if TYPE_CHECKING:
    TextColumn = models.TextField[Any, Any]
else:
    TextColumn = models.TextField  # takes no type parameters at run time


class JsonText(TextColumn):
    """A column of JSON; the default is an empty object."""

    # what the type checker's Django plug-in reads
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"default": dict, "blank": True, **options})

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """Django's name for: what the row holds, as Python values."""
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        """Django's name for: the value as it is, never parsed twice."""
        return value

    def get_prep_value(self, value: Any) -> str | None:
        """Django's name for: what is written."""
        return None if value is None else dumps(value)


def dumps(value: Any) -> str:
    """JSON text of anything a script or an answer may hold; what JSON does not know becomes text."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode()
    except TypeError:  # a whole number above 64 bits, half a surrogate pair
        return json.dumps(value, default=str, separators=(",", ":"))
