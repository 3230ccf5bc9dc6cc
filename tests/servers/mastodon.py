"""A Mastodon server as its API shows it: statuses go in as text and come out as HTML."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers.loopback import Answered, Asked, LoopbackServer

AS_JSON = {"Content-Type": "application/json; charset=utf-8"}
STATUSES = "/api/v1/statuses"
ME = "109302436954721982"
OF_ACCOUNT = re.compile(r"/api/v1/accounts/(\d+)/statuses")
ENTITY = re.compile(
    r"(?P<url>https?://[^\s<>]+[^\s<>.,;:!?)'\"])"
    r"|(?<![\w@/])@(?P<name>[A-Za-z0-9_]+)(?:@(?P<host>[\w.-]*\w))?"
    r"|(?<![\w#/&])#(?P<tag>\w*[^\W\d]\w*)"
)
SHOWN = 30  # characters of an address that are seen


def shown(text: str, known: frozenset[str] = frozenset()) -> str:
    """A status as HTML; ``known`` are the handles of people that are linked."""
    pieces, last = [], 0
    for found in ENTITY.finditer(text):
        pieces += [html.escape(text[last : found.start()]), _entity(found, known)]
        last = found.end()
    marked = "".join([*pieces, html.escape(text[last:])]).replace("\r\n", "\n")
    paragraphs = [part.strip("\n") for part in re.split(r"\n\n+", marked)]
    return "".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in paragraphs)


def _entity(found: re.Match[str], known: frozenset[str]) -> str:
    if url := found["url"]:
        return _link(url)
    if tag := found["tag"]:
        href = f'href="https://example.social/tags/{tag.lower()}"'
        return f'<a {href} class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
    handle = "@".join(part for part in (found["name"], found["host"]) if part)
    if handle.lower() not in known:
        return f"@{handle}"
    name = found["name"].lower()
    href = f'href="https://{found["host"] or "example.social"}/@{name}"'
    link = f'<a {href} class="u-url mention">@<span>{name}</span></a>'
    return f'<span class="h-card" translate="no">{link}</span>'


def _link(url: str) -> str:
    prefix = re.match(r"https?://(www\.)?", url)[0]  # type: ignore[index]  # it is one
    seen, rest = url[len(prefix) :][:SHOWN], url[len(prefix) :][SHOWN:]
    return (
        f'<a href="{html.escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{html.escape(prefix)}</span>'
        f'<span class="{"ellipsis" if rest else ""}">{html.escape(seen)}</span>'
        f'<span class="invisible">{html.escape(rest)}</span></a>'
    )


class Mastodon(LoopbackServer):
    """``statuses`` are those of everybody, the oldest first; ``cut`` how often it posts without answering.

    A key is kept as long as the server lives; ``keeps_keys`` False forgets them at once.
    """

    def __init__(self, *, token: str = "the-token", known: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.token = token
        self.known = known
        self.keeps_keys = True
        self.cut = 0
        self.statuses: list[dict[str, Any]] = []
        self._by_key: dict[str, dict[str, Any]] = {}
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a cut is wanted

    def write(self, text: str, *, of: str = ME, ago: float = 0.0) -> dict[str, Any]:
        """A status, as if it was posted so many seconds ago."""
        number = str(115_600_000_000_000_000 + len(self.statuses))
        moment = datetime.now(UTC) - timedelta(seconds=ago)
        content = shown(text.strip(), self.known) if text.strip() else ""
        status = {
            "id": number,
            "created_at": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
            "content": content,
            "url": f"https://example.social/@ada/{number}",
            "account": {"id": of, "acct": "ada"},
        }
        self.statuses.append(status)
        return status

    def answer(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return Answered(401, '{"error": "The access token is invalid"}', AS_JSON)
        if asked.path == "/api/v1/accounts/verify_credentials":
            return _as_json({"id": ME, "username": "ada", "acct": "ada"})
        if asked.path == STATUSES and asked.method == "POST":
            return self._post(asked)
        if found := OF_ACCOUNT.fullmatch(asked.path):
            return _as_json(self._page(found[1], asked.query))
        return Answered(404, '{"error": "Record not found"}', AS_JSON)

    def _post(self, asked: Asked) -> Answered:
        key = asked.headers.get("idempotency-key", "")
        status = self._by_key.get(key) or self.write(str(json.loads(asked.body)["status"]))
        if key and self.keeps_keys:
            self._by_key[key] = status
        if self.cut:
            self.cut -= 1
            raise ConnectionAbortedError
        return _as_json(status)

    def _page(self, account: str, query: dict[str, str]) -> list[dict[str, Any]]:
        most = int(query.get("limit", 20))
        before = int(query.get("max_id") or 10**18)
        found = [
            each
            for each in reversed(self.statuses)
            if each["account"]["id"] == account and int(each["id"]) < before
        ]
        return found[: min(most, 40)]


def _as_json(value: Any) -> Answered:
    return Answered(200, json.dumps(value), AS_JSON)
