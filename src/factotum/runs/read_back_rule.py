"""What a service says of how a request of its can be read back, and what was found.

Of well-known hosts that is data, one file a service in ``read_backs/`` with its ``hosts``; of others the
connected service itself says it (``read_back``). The words are those of ``records.read_back``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from factotum.core.http import Request, Response
from factotum.records.read_back import EARLIER_SECONDS, LOOKS_AFTER_SECONDS, NAME
from factotum.runs.shown_texts import LINK, SENT, SHOWN

FOLDER = Path(__file__).parent / "read_backs"


@dataclass(frozen=True, slots=True)
class Rule:
    """One request of a service, and the service's way to ask about it."""

    request: Mapping[str, Any]
    service: Mapping[str, Any]
    origin: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    """What stood in the request's path for each ``{name}`` in it."""

    @property
    def ids_are_numbers(self) -> bool:
        """Whether what the service makes is always called by a number."""
        return bool(self.service.get("ids_are_numbers"))

    @property
    def earlier_seconds(self) -> float:
        """By how much the service's clock may be behind ours."""
        return float(self.service.get("earlier_seconds", EARLIER_SECONDS))

    @property
    def looks_after_seconds(self) -> Sequence[float]:
        """How long after the sending it is looked for, the last time for good."""
        return tuple(self.service.get("looks_after_seconds", LOOKS_AFTER_SECONDS))

    def page(self, name: str) -> str:
        """The page where a person sees what an account has done; "" where none is known."""
        page = str(self.service.get("page") or "")
        if "{name}" in page and not name:
            return ""
        words = {**self.words, "name": quote(name.removeprefix("@"))}
        return filled(page.replace("{origin}", self.origin), words)

    def wanted(self, request: Request) -> str:
        """The text that was sent, as it can be compared; "" where there is none to look for."""
        if any(sent(request, name) for name in self.request.get("unless", ())):
            return ""
        return self._how(SENT)(sent(request, self.request["sent"]))

    def is_shown(self, request: Request, text: str) -> bool:
        """Whether a text that the service shows is what the request sent."""
        wanted, shown = self.wanted(request), self._how(SHOWN)(text)
        may_add = any(sent(request, name) for name in self.request.get("adds_link", ()))
        return bool(wanted) and (shown == wanted or (may_add and shown == f"{wanted} {LINK}"))

    def _how(self, how: Mapping[str, Callable[[str], str]]) -> Callable[[str], str]:
        return how[self.service.get("texts") or "shortened"]


@cache
def _services() -> tuple[Mapping[str, Any], ...]:
    return tuple(json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json")))


def rule_for(request: Request, of_service: Mapping[str, Any] | None = None) -> Rule | None:
    """How to ask about a request, or None; what the connected service says goes first."""
    parts = urlsplit(request.url)
    at_host = [each for each in _services() if parts.hostname in each["hosts"]]
    for service in [of_service, *at_host] if of_service else at_host:
        for each in service["requests"]:
            words = in_path(each["path"], parts.path)
            if each["method"] == request.method and words is not None:
                return Rule(each, service, f"{parts.scheme}://{parts.netloc}", words)
    return None


def in_path(template: str, path: str) -> dict[str, str] | None:
    """What stands in a path for each name in the template; None where it is another path.

    >>> in_path("/issues/{number}/comments", "/issues/7/comments")
    {'number': '7'}
    """
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    words = {}
    for part, text in zip(wanted, given, strict=True):
        if part.startswith("{") and text:
            words[part.strip("{}")] = text
        elif part != text:
            return None
    return words


def match(
    rule: Rule, request: Request, items: Sequence[Mapping[str, Any]], sent_at: float
) -> Mapping[str, Any] | None:
    """The first item that is what was sent."""
    names = rule.service["found"]
    earliest = sent_at - rule.earlier_seconds
    for item in items:
        is_new = seconds(str(at(item, names["at"]) or "")) >= earliest
        if is_new and rule.is_shown(request, str(at(item, names["text"]) or "")):
            return item
    return None


def answer(rule: Rule, request: Request, item: Mapping[str, Any]) -> Response:
    """The answer that the request would have got."""
    names = rule.service["found"]
    words = {name: str(at(item, names[name]) or "") for name in names if name != "items"}
    body = json.dumps(_answered(rule.request["answer"], words)).encode()
    headers = (("content-type", "application/json; charset=utf-8"),)
    return Response(int(rule.request.get("status", 200)), headers, body, request.url)


def _answered(template: Any, words: Mapping[str, str]) -> Any:
    if isinstance(template, Mapping):
        return {key: _answered(value, words) for key, value in template.items()}
    if template == "{id:number}":
        return int(words["id"]) if words["id"].isdigit() else words["id"]
    return filled(template, words)


def filled(template: str, words: Mapping[str, str]) -> str:
    """With a word for each name; one that nothing says stays as it is.

    >>> filled("/users/{user}/posts?q={x}", {"user": "7"})
    '/users/7/posts?q={x}'
    """
    return NAME.sub(lambda name: words.get(name[1], name[0]), template)


def sent(request: Request, name: str) -> str:
    """A parameter as it was sent: in a JSON body, a form or the query."""
    if request.content_type == "application/json":
        try:
            body = json.loads(request.body)
        except ValueError:
            return ""
        return str(body.get(name) or "") if isinstance(body, dict) else ""
    form = parse_qs(request.body.decode("utf-8", "replace"))
    query = parse_qs(urlsplit(request.url).query)
    return (form.get(name) or query.get(name) or [""])[0]


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path, or None."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def timestamp(at: float) -> str:
    """Seconds since 1970 as a time of RFC 3339, in whole seconds."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def seconds(text: str) -> float:
    """A time of RFC 3339 in seconds since 1970, 0 for none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).timestamp()
    except ValueError:
        return 0.0
