"""What a provider answered to a request for a token, read at the edge.

Providers answer in every shape: X sends forms labelled ``text/html`` and errors as JSON or XML,
GitHub sends errors with status 200, Slack says ``{"ok": false}``, and a broken proxy sends a web
page. The label is not believed; the text is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, quote

from factotum.core.http import Response

LONGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are looked at; no token answer is longer."""
LONGEST_MESSAGE = 200
"""Characters of a provider's own words that are shown to a person."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. ``values`` is what a form or a JSON object held, nested names joined by ``_``.

    ``code`` and ``message`` are the provider's own error ("415", "invalid_client"; a sentence of
    plain text), "" where it named none. ``values`` may hold tokens and is never printed.
    """

    status: int
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    code: str = ""
    message: str = ""
    is_web_page: bool = False
    date: datetime | None = None
    retry_after: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether it is a 2xx that names no error."""
        return 200 <= self.status < 300 and not self.code

    def text(self, *keys: str) -> str:
        """The first of these values that is not empty, as text, or ``""``."""
        found = (self.values.get(key) for key in keys)
        return next((str(v) for v in found if v and not isinstance(v, bool | list)), "")

    def secrets(self) -> dict[str, str]:
        """What has to be sealed: everything whose name speaks of tokens, secrets or sessions."""
        return {key: self.text(key) for key in self.values if _is_secret(key)}

    def params(self) -> dict[str, Any]:
        """The rest, which may be shown."""
        return {key: value for key, value in self.values.items() if not _is_secret(key)}


def read_answer(response: Response, secrets: Iterable[str] = ()) -> Answer:
    """The answer in a response; ``secrets`` are blotted out of its message."""
    values, code, message = _read(response.text()[:LONGEST_ANSWER].strip())
    return Answer(
        status=response.status,
        values=values,
        code=code,
        message=plain_message(message, secrets),
        is_web_page=_is_web_page(response),
        date=_date(response.header("date")),
        retry_after=_seconds(response.header("retry-after")),
    )


def _read(text: str) -> tuple[dict[str, Any], str, str]:
    """(values, the provider's error code, its message)."""
    if text.startswith(("{", "[")):
        return _read_json(text)
    if text.startswith("<"):
        return {}, *_read_markup(text)
    if "=" in text and not re.search(r"\s", text):
        return _read_form(text)
    return {}, "", text


def _read_json(text: str) -> tuple[dict[str, Any], str, str]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}, "", ""
    if isinstance(document, list):
        document = {"errors": document}
    return _flat(document), *_json_error(document)


def _read_form(text: str) -> tuple[dict[str, Any], str, str]:
    values = dict(parse_qsl(text, keep_blank_values=True, errors="replace"))
    code = values.get("oauth_problem") or values.get("error") or ""
    advice = values.get("oauth_problem_advice") or values.get("error_description") or ""
    return values, code, advice or values.get("oauth_error_message", "")


def _read_markup(text: str) -> tuple[str, str]:
    """``<error code="415">Callback URL not approved</error>``, or what a web page is called."""
    if error := re.search(r"<error\b([^>]*)>(.*?)</error>", text, re.DOTALL | re.IGNORECASE):
        code = re.search(r"code\s*=\s*[\"']?(\w+)", error[1])
        return code[1] if code else "", error[2]
    for tag in ("message", "title", "h1", "body"):
        if found := re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", text, re.DOTALL | re.IGNORECASE):
            return "", found[1]
    return "", text


def _flat(document: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """``{"team": {"id": "T1"}}`` → ``{"team_id": "T1"}``; lists stay as they are."""
    flat: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{above}{key}_"))
        else:
            flat[f"{above}{key}"] = value
    return flat


def _json_error(document: Mapping[str, Any]) -> tuple[str, str]:
    """(code, message) of the shapes that X, Slack, RFC 6749, RFC 9457, Google and Meta use."""
    error = document.get("error")
    message = _first(document, "error_description", "error_message", "message", "detail", "title")
    if isinstance(error, str) and error:
        return error, message
    if isinstance(errors := document.get("errors"), list) and errors:
        error = errors[0]
    if isinstance(error, Mapping):
        code = _first(error, "code", "error", "type", "status")
        return code or "error", _first(error, "message", "detail", "title", "description")
    return ("error" if error or document.get("ok") is False else ""), message


def _first(values: Mapping[str, Any], *keys: str) -> str:
    found = (str(values[key]) for key in keys if isinstance(values.get(key), str | int))
    return next(found, "")


def plain_message(message: str, secrets: Iterable[str]) -> str:
    """A stranger's message as one line of text that can be shown."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", message, flags=re.DOTALL | re.IGNORECASE)
    text = unescape(re.sub(r"<[^>]*>", " ", text))
    for secret in secrets:
        if len(secret) > 3:
            text = text.replace(secret, "•••").replace(quote(secret, safe=""), "•••")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= LONGEST_MESSAGE else f"{text[: LONGEST_MESSAGE - 1]}…"


def _is_secret(key: str) -> bool:
    words = key.lower()
    is_named_so = re.search(r"token|secret|session|password|webhook_\w*url", words)
    return bool(is_named_so) and not words.endswith(("_type", "_expires", "_expires_in", "_at"))


def _is_web_page(response: Response) -> bool:
    start = response.body[:200].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _seconds(value: str) -> float | None:
    return float(value) if value.isascii() and value.isdigit() else None
