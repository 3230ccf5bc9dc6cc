"""How a service is asked what an account has done there, as a record or a file says it.

``requests``  which requests can be read back: ``method``, ``path`` (``{name}`` stands for one part), ``sent``
              (the parameter that holds the text), ``answer`` (what the request would have got) with
              ``status``; ``unless`` names parameters with which it does something that is not found,
              ``adds_link`` those for which the service shows one more link at the end
``first``     a ``path`` that is asked before, and what to ``take`` of its answer: name → where it stands
``look``      the ``path`` of what the account has done, the newest first. Where there is more: ``page`` is
              the parameter of a next page, its value stands at ``next`` in the answer, or at ``after``
              in its last item. Where there is no page, ``most`` is how many one answer shows
``found``     where things stand: ``items`` (a list that is the whole answer counts as ``items``), and in
              each ``id``, ``text`` and ``at`` (RFC 3339); ``by`` and ``shown_at`` where needed
``by``        who must have done it, compared with ``found.by``
``texts``     ``kept``, ``shortened`` (the default) or ``html`` (``runs.shown_texts``)
``page``      where a person looks; ``{name}`` is whom the account is linked as, ``{origin}`` the server
``ids_are_numbers``, ``earlier_seconds`` (for clocks that differ; 60), ``looks_after_seconds``

Paths and texts hold ``{name}`` of the request's path and of ``first.take``, and ``{since}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

TEXTS = ("kept", "shortened", "html")
EARLIER_SECONDS = 60
LOOKS_AFTER_SECONDS = (3, 10, 30)
LONGEST = 3600  # seconds

NAME = re.compile(r"\{([a-z_]+)(:number)?\}")
_PATH = re.compile(r"/(?![/\\])[^\s\\#]*")
_PAGE = re.compile(r"(https?://|\{origin\}/)[^\s\\]*")
_METHODS = ("POST", "PUT", "PATCH", "DELETE")

_SHAPE: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "": (
        frozenset({"requests", "look", "found"}),
        frozenset({"first", "by", "texts", "page", "ids_are_numbers", "earlier_seconds"})
        | {"looks_after_seconds"},
    ),
    "requests": (
        frozenset({"method", "path", "sent", "answer"}),
        frozenset({"status", "unless", "adds_link"}),
    ),
    "first": (frozenset({"path", "take"}), frozenset()),
    "look": (frozenset({"path"}), frozenset({"page", "next", "after", "most"})),
    "found": (frozenset({"items", "id", "text", "at"}), frozenset({"by", "shown_at"})),
}
"""Part → what it must say, and what it may say."""


def check(data: Any) -> None:
    """ValueError with a sentence where this says nothing that can be asked."""
    _keys(data, "", "This")
    _keys(data["found"], "found")
    requests = data["requests"]
    _require(_is_list(requests) and requests, "requests must be a list with at least one request.")
    of_found = set(data["found"]) - {"items"}
    in_paths = [_request(each, of_found) for each in requests]
    names = {"since"} | _first(data.get("first")) | set.intersection(*in_paths)
    _look(data["look"], names)
    _texts(data["found"], "found")
    _known(data.get("by", ""), "by", names)
    _require(
        bool(data.get("by")) == ("by" in data["found"]),
        "by and found.by go together: whose it must be, and where that stands.",
    )
    _require(data.get("texts", "kept") in TEXTS, f"texts must be one of: {', '.join(TEXTS)}.")
    _page(data.get("page", ""), names | {"name", "origin"})
    _times(data)


def _require(is_so: Any, sentence: str) -> None:
    if not is_so:
        raise ValueError(sentence)


def _keys(part: Any, name: str, where: str = "") -> None:
    """Whether it says all that it must, and nothing that means nothing."""
    needed, more = _SHAPE[name]
    where = where or name
    _require(isinstance(part, Mapping), f"{where} must be an object.")
    for key in sorted(needed - part.keys()):
        raise ValueError(f"{where} must say {key}.")
    for key in sorted(part.keys() - needed - more):
        raise ValueError(f"{where} says {key}, which means nothing here.")


def _first(first: Any) -> set[str]:
    """The names of what is taken."""
    if first is None:
        return set()
    _keys(first, "first")
    _path(first["path"], "first.path", set())
    _require(isinstance(first["take"], Mapping) and first["take"], "first.take must be an object.")
    _texts(first["take"], "first.take")
    return set(first["take"])


def _request(each: Any, of_found: set[str]) -> set[str]:
    """The names in its path."""
    where = "A request"
    _keys(each, "requests", where)
    _require(each["method"] in _METHODS, f"{where}'s method must be one of: {', '.join(_METHODS)}.")
    _require(isinstance(each["sent"], str), f"{where}'s sent must be the name of a parameter.")
    status = each.get("status", 200)
    _require(_is_number(status, 200, 299), f"{where}'s status must be a number from 200 to 299.")
    for key in ("unless", "adds_link"):
        named = each.get(key, ())
        is_names = _is_list(named) and all(isinstance(name, str) for name in named)
        _require(is_names, f"{where}'s {key} must be a list of names of parameters.")
    _require(isinstance(each["answer"], Mapping), f"{where}'s answer must be an object.")
    for text in _leaves(each["answer"]):
        _known(text, f"{where}'s answer", of_found)
    names = _path(each["path"], f"{where}'s path", None)
    parts = [part for part in each["path"].split("/") if "{" in part or "?" in part]
    is_whole = all(NAME.fullmatch(part) for part in parts)
    _require(is_whole, f"{where}'s path has a {{name}} for whole parts only, and no query.")
    return names


def _look(look: Any, names: set[str]) -> None:
    _keys(look, "look")
    _path(look["path"], "look.path", names)
    _texts({key: look[key] for key in look if key != "most"}, "look")
    is_paged = bool(look.get("page"))
    _require(
        is_paged == bool(look.get("next") or look.get("after")),
        "look.page goes together with look.next or look.after.",
    )
    is_bounded = is_paged or _is_number(look.get("most"), 1, 10_000)
    _require(is_bounded, "look must say page, or most: how many one answer shows.")


def _page(page: Any, names: set[str]) -> None:
    _known(page, "page", names)
    is_address = not page or _PAGE.fullmatch(page)
    _require(is_address, "page must be an address that begins with https:// or {origin}/.")


def _times(data: Mapping[str, Any]) -> None:
    is_early = _is_number(data.get("earlier_seconds", EARLIER_SECONDS), 0, LONGEST)
    _require(is_early, f"earlier_seconds must be a number from 0 to {LONGEST}.")
    looks = data.get("looks_after_seconds", LOOKS_AFTER_SECONDS)
    _require(
        _is_list(looks) and looks and all(_is_number(each, 1, LONGEST) for each in looks),
        f"looks_after_seconds must be a list of numbers from 1 to {LONGEST}.",
    )
    goes_up = all(sooner < later for sooner, later in pairwise(looks))
    _require(goes_up, "looks_after_seconds must go up.")


def _path(text: Any, where: str, names: set[str] | None) -> set[str]:
    """The names in a path; only known ones, unless ``names`` is None."""
    is_path = isinstance(text, str) and _PATH.fullmatch(text)
    _require(is_path, f"{where} must be a path such as /api/v1/statuses.")
    if names is not None:
        _known(text, where, names)
    return {name for name, _ in NAME.findall(text)}


def _known(text: Any, where: str, names: set[str]) -> None:
    _require(isinstance(text, str), f"{where} must be text.")
    for name, _ in NAME.findall(text):
        _require(name in names, f"{where} holds {{{name}}}, which nothing says.")


def _texts(part: Mapping[str, Any], where: str) -> None:
    for key, value in part.items():
        _require(isinstance(value, str), f"{where}.{key} must be text.")


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    else:
        yield value


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _is_number(value: Any, least: float, most: float) -> bool:
    return type(value) in {int, float} and least <= value <= most
