"""Asks a service whether something unsafe happened, where the service can tell: its read-back.

How to ask is data, one file a service in ``read_backs/``: for which ``requests``, with which ``first``
and ``look`` requests, where what was ``found`` holds id, text and time. A post counts as found where its
text is what was sent, its time is not before the sending (``earlier_seconds`` are for clocks that
differ) and, where ``by`` says whose it must be, its author is that. ``texts_are_kept`` where the service
shows texts as they were sent. It counts as surely not done once the last of ``looks_after_seconds`` has
found nothing; those are seconds that have passed, whatever the clock was set to meanwhile. ``page`` is where a person looks, ``name`` being whom the account is linked as.

``{name}`` in a request's path stands for one part of it, and in ``look`` and ``page`` for what that was;
``{since}`` is the earliest time. ``most`` is how many a look shows where no page follows it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from factotum.core.errors import FactotumError
from factotum.core.http import Request, Response
from factotum.core.ports import Clock, Sender, SendOptions
from factotum.runs.context import RunContext
from factotum.runs.ledger import wait_for_a_person
from factotum.runs.ports import Accounts
from factotum.runs.run import EffectRow
from factotum.runs.steady import Steadiness
from factotum.runs.waiting import Wait

FOLDER = Path(__file__).parent / "read_backs"
TRIES = 6  # looks that may fail before a person is asked
PAGES = 32  # of what the account has done; X shows the last 3,200 posts, 100 a page
URL = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One request of a service, and the service's way to ask about it."""

    request: Mapping[str, Any]
    service: Mapping[str, Any]
    words: Mapping[str, str] = field(default_factory=dict)
    """What stood in the request's path for each ``{name}`` in it."""

    @property
    def ids_are_numbers(self) -> bool:
        """Whether what the service makes is always called by a number."""
        return bool(self.service.get("ids_are_numbers"))

    def page(self, name: str) -> str:
        """The page where a person sees what an account has done; "" where none is known."""
        page = str(self.service.get("page") or "")
        is_known = bool(name) or "{name}" not in page
        return page.format(name=quote(name.removeprefix("@")), **self.words) if is_known else ""

    def compared(self, text: str) -> str:
        """A text as it can be compared."""
        return " ".join(text.split()) if self.service.get("texts_are_kept") else same(text)


class ServiceReadBack:
    """Fulfils ``runs.ledger.ReadBack`` from the files."""

    def __init__(
        self, sender: Sender, accounts: Accounts, clock: Clock, steady: Steadiness
    ) -> None:
        self._sender = sender
        self._accounts = accounts
        self._clock = clock
        self._steady = steady

    async def look(self, request: Request, row: EffectRow, context: RunContext) -> Response | None:
        """The answer the request would have got; None where it surely was not done.

        ``Wait`` until the next look, or for a person where the service cannot be asked.
        """
        rule = rule_for(request)
        if rule is None or row.account_id is None:
            raise wait_for_a_person(row)
        try:
            items = await self._items(rule, request, row, row.account_id, context)
        except FactotumError as error:
            raise self._again(row, error, context) from None
        found = match(rule, request, items, row.intended_at)
        if found is not None:
            return answer(rule, request, found)
        waited = self._steady.waited(row.answered_at or row.intended_at)
        for each in rule.service["looks_after_seconds"]:
            if each > waited:
                reason = f"{row.method} {row.host} got no answer; whether it happened is looked up."
                raise Wait(self._now() + each - waited, reason, "checking")
        return None

    def _again(self, row: EffectRow, error: FactotumError, context: RunContext) -> Wait:
        context.tries[f"look {row.key}"] += 1
        tries = context.tries[f"look {row.key}"]
        if tries > TRIES:
            return wait_for_a_person(row)
        reason = (
            f"Whether {row.method} {row.host} happened could not be looked up: {error.sentence}"
        )
        return Wait(self._now() + 5.0 * 2**tries, reason, "checking")

    async def _items(
        self, rule: Rule, request: Request, row: EffectRow, account_id: int, context: RunContext
    ) -> Sequence[Mapping[str, Any]]:
        """What the account has done since the sending, as the service shows it, newest first."""
        look, found = rule.service["look"], rule.service["found"]
        since = row.intended_at - rule.service["earlier_seconds"]
        words: dict[str, Any] = {**rule.words, "since": timestamp(since)}
        if first := rule.service.get("first"):
            body = await self._get(first["path"], request, account_id, context)
            words |= {name: at(body, path) for name, path in first["take"].items()}
        if None in words.values():
            raise FactotumError("The service does not say whose account it is.")
        author = rule.service.get("by", "").format(**words)
        path = look["path"].format(**words)
        items: list[Mapping[str, Any]] = []
        token = None
        for _ in range(PAGES):
            more = f"&{look['page']}={quote(str(token), safe='')}" if token else ""
            body = await self._get(path + more, request, account_id, context)
            page = at(body, found["items"]) or []
            if len(page) >= look.get("most", len(page) + 1):
                break
            items += [each for each in page if not author or at(each, found["by"]) == author]
            token = at(body, look["next"])
            if not token or seconds(str(at(page[-1], found["at"]) or "")) < since:
                return items
        raise FactotumError("More has been done since than can be looked through.")

    async def _get(
        self, path: str, request: Request, account_id: int, context: RunContext
    ) -> Mapping[str, Any]:
        account = await self._accounts.ready(account_id, context.actor)
        parts = urlsplit(request.url)
        url = f"{parts.scheme}://{parts.netloc}{path}"
        options = SendOptions(account.hosts, account.sign, secrets=account.secrets)
        response = await self._sender.send(Request("GET", url), options)
        if response.status != 200:
            raise FactotumError(f"The service answered {response.status}.")
        try:
            body = response.json()
        except ValueError:
            body = None
        if isinstance(body, list):
            return {"items": body}
        if not isinstance(body, dict):
            raise FactotumError("The service's answer is no JSON object and no list.")
        return body

    def _now(self) -> float:
        return self._clock().at.timestamp()


@cache
def _services() -> tuple[Mapping[str, Any], ...]:
    return tuple(json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json")))


def rule_for(request: Request) -> Rule | None:
    """How to ask about a request, or None."""
    parts = urlsplit(request.url)
    for service in _services():
        if parts.hostname in service["hosts"]:
            for each in service["requests"]:
                words = in_path(each["path"], parts.path)
                if each["method"] == request.method and words is not None:
                    return Rule(each, service, words)
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
    wanted = rule.compared(sent(request, rule.request["sent"]))
    earliest = sent_at - rule.service["earlier_seconds"]
    for item in items:
        is_new = seconds(str(at(item, names["at"]) or "")) >= earliest
        if wanted and is_new and rule.compared(str(at(item, names["text"]) or "")) == wanted:
            return item
    return None


def answer(rule: Rule, request: Request, item: Mapping[str, Any]) -> Response:
    """The answer that the request would have got."""
    names = rule.service["found"]
    words = {name: str(at(item, names[name]) or "") for name in names if name != "items"}
    body = json.dumps(_filled(rule.request["answer"], words)).encode()
    headers = (("content-type", "application/json; charset=utf-8"),)
    return Response(int(rule.request.get("status", 200)), headers, body, request.url)


def _filled(template: Any, words: Mapping[str, str]) -> Any:
    if isinstance(template, dict):
        return {key: _filled(value, words) for key, value in template.items()}
    if template == "{id:number}":
        return int(words["id"]) if words["id"].isdigit() else words["id"]
    return template.format(**words)


def sent(request: Request, name: str) -> str:
    """A parameter as it was sent: in a JSON body, a form or the query."""
    if request.content_type == "application/json":
        try:
            body = json.loads(request.body)
        except ValueError:
            return ""
        return str(body.get(name, "")) if isinstance(body, dict) else ""
    form = parse_qs(request.body.decode("utf-8", "replace"))
    query = parse_qs(urlsplit(request.url).query)
    return (form.get(name) or query.get(name) or [""])[0]


def same(text: str) -> str:
    """A text as it can be compared: services unescape, shorten links and trim.

    >>> same("Tom &amp; Jerry  https://t.co/x") == same("Tom & Jerry https://example.com/a/long/one")
    True
    """
    return " ".join(URL.sub("<link>", html.unescape(text)).split())


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
