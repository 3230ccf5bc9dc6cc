"""Names of record types: ``context_name``."""

from __future__ import annotations

from typing import Any

from factotum.scripting.registry import FILTERS
from factotum.scripting.values import text

_SPOKEN = {
    "address": "email address",
    "app": "application",
    "kb article": "knowledgebase article",
    "kb category": "knowledgebase category",
    "org": "organization",
    "timetracking": "time entry",
}


@FILTERS.add("context_name")
def context_name(value: Any, type: Any = "plural") -> str:
    """What a record type is called: "tasks", or "task" for ``context_name("singular")``.

    ``id`` gives the long name as it is and ``uri`` the short one. What is no record type is "".
    """
    given = text(value).strip()
    short = given.rpartition(".contexts.")[2].replace(".", "_")
    match text(type):
        case "id":
            return given
        case "uri":
            return short
        case "singular":
            return _spoken(short)
    return _many(_spoken(short))


def _spoken(short: str) -> str:
    words = short.replace("_", " ")
    return _SPOKEN.get(words, words)


def _many(words: str) -> str:
    if words.endswith("y") and words[-2:-1] not in {"a", "e", "o", "u"}:
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("s", "x", "ch")) else f"{words}s" if words else ""
