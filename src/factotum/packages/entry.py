"""One object of a package's section, as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """``inside`` is the uid of what it stands in, as a behavior in its bot.

    ``kind`` is the record type where the section, not a key of the object, says it.
    """

    path: str
    uid: str
    values: Mapping[str, Any]
    inside: str = ""
    kind: str = ""
