"""Comments on issues, as GitHub's API makes and lists them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from tests.servers.loopback import Answered, Asked, LoopbackServer

COMMENTS = re.compile(r"/repos/([^/]+/[^/]+)/issues/(\d+)/comments")
AS_JSON = {"Content-Type": "application/json; charset=utf-8"}


class Comments(LoopbackServer):
    """Whoever asks is ``login``; ``comments`` are those of every issue, the oldest first."""

    def __init__(self, login: str | None = "octocat") -> None:
        super().__init__()
        self.login = login
        self.comments: list[dict[str, object]] = []

    def write(self, body: str, *, login: str | None = "octocat", at: datetime | None = None):
        number = 4_000_000_000 + len(self.comments)
        made = {
            "id": number,
            "html_url": f"https://github.com/octo/demo/issues/7#issuecomment-{number}",
            "user": {"login": login},
            "body": body,
            "created_at": f"{at or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        self.comments.append(made)
        return made

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/user":
            return Answered(200, json.dumps({"login": self.login}), AS_JSON)
        if not COMMENTS.fullmatch(asked.path):
            return Answered(404, "{}", AS_JSON)
        if asked.method == "POST":
            made = self.write(json.loads(asked.body)["body"], login=self.login)
            return Answered(201, json.dumps(made), AS_JSON)
        since = asked.query["since"]
        found = [each for each in self.comments if str(each["created_at"]) >= since]
        return Answered(200, json.dumps(found[: int(asked.query["per_page"])]), AS_JSON)
