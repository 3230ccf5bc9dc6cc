"""What a service's answer says went wrong, parsed from the few shapes that services use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from factotum.bots.effects import HttpResult
from factotum.bots.explanations import explain

_LONGEST = 300
_LOOK_FIRST = "Look at the service itself before you try again."


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that did not do what it was sent for, told in ``sentence`` (cause, what to do)."""

    sentence: str
    status: int = 0
    code: str = ""
    is_unknown: bool = False
    """Whether it may have been done all the same."""

    @property
    def told(self) -> str:
        """What is said to the person in the chat."""
        if not self.is_unknown:
            return f"That did not work. {self.sentence}"
        advice = "" if self.code == "not-json" else f" {_LOOK_FIRST}"
        return f"It is not known whether that worked. {self.sentence}{advice}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the service itself says: its code, its words, and whose shape that is."""

    code: str = ""
    message: str = ""
    family: str = ""


def failure_of(result: HttpResult) -> Failure | None:
    """The failure that an answer tells of, or None where it worked (or was not sent).

    >>> failure_of(HttpResult(http_code=403, url="https://api.twitter.com/1.1/statuses/update.json",
    ...     body='{"errors":[{"code":187,"message":"Status is a duplicate."}]}')).code
    '187'
    """
    if result.error:
        return Failure(_sentence(result.error), result.http_code, result.code, result.is_unknown)
    if result.http_code < 400 and not _refuses(result.body):
        return None
    reply = reply_in(result.body)
    said = f": “{reply.message}”" if reply.message else ""
    code = f" (code {reply.code})" if reply.code and reply.code not in reply.message else ""
    answered = f"{_host(result)} answered {_status(result.http_code)}{said}{code}"
    advice = explain(reply.family, reply.code, result.http_code, reply.message)
    return Failure(f"{_sentence(answered)} {advice}".strip(), result.http_code, reply.code)


def unreadable(status: int, host: str) -> Failure:
    """An answer that should have been JSON and is not: nobody can tell whether it worked."""
    return Failure(
        f"{host} answered {_status(status)} with something that is not JSON. {_LOOK_FIRST}",
        status,
        "not-json",
        is_unknown=True,
    )


@lru_cache(maxsize=256)
def host_of(url: str) -> str:
    """The host of an address, for a person; "The service" where there is none."""
    try:
        return urlsplit(url).hostname or "The service"
    except ValueError:
        return "The service"


def reply_in(body: Any) -> Reply:
    """The error that a body tells of, whichever of the usual shapes it has."""
    given = _decoded(body)
    if not isinstance(given, Mapping):
        return Reply(message=_plain(body))
    for shape in (_slack, _x_v1, _nested, _oauth, _problem, _message):
        reply = shape(given)
        if reply is not None:
            return reply
    return Reply()


def _slack(given: Mapping[str, Any]) -> Reply | None:
    if given.get("ok") is not False or not isinstance(given.get("error"), str):
        return None
    needed = f" (needed: {given['needed']})" if given.get("needed") else ""
    return Reply(given["error"], f"{given['error']}{needed}", "slack")


def _x_v1(given: Mapping[str, Any]) -> Reply | None:
    """``{"errors": [{"code": 187, "message": …}]}``; v2 puts ``detail`` or ``title`` there."""
    errors = given.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, Mapping):
        return None
    if given.get("detail") or given.get("title"):
        return _problem(given)
    message = first.get("message") or first.get("detail") or first.get("title") or ""
    return Reply(_text(first.get("code")), _short(message), "x")


def _nested(given: Mapping[str, Any]) -> Reply | None:
    """``{"error": {"code": …, "message": …}}``, as Google and Stripe answer."""
    error = given.get("error")
    if not isinstance(error, Mapping):
        return None
    code = error.get("status") or error.get("code") or error.get("type")
    return Reply(_text(code), _short(error.get("message") or ""))


def _oauth(given: Mapping[str, Any]) -> Reply | None:
    """``{"error": "invalid_token", "error_description": …}`` (RFC 6749, 5.2)."""
    error = given.get("error")
    if not isinstance(error, str):
        return None
    return Reply(error, _short(given.get("error_description") or error), "oauth")


def _problem(given: Mapping[str, Any]) -> Reply | None:
    """``{"title": …, "detail": …, "type": …}`` (RFC 9457), as X's v2 answers."""
    message = given.get("detail") or given.get("title")
    if not isinstance(message, str):
        return None
    kind = given.get("reason") or _text(given.get("type")).rstrip("/").rpartition("/")[2]
    return Reply("" if kind == "about:blank" else _text(kind), _short(message), "x2")


def _message(given: Mapping[str, Any]) -> Reply | None:
    """``{"message": …, "code": …}``, as Twilio and GitHub answer."""
    message = given.get("message") or given.get("error_message")
    if not isinstance(message, str):
        return None
    return Reply(_text(given.get("code")), _short(message))


def _refuses(body: Any) -> bool:
    """A 200 that says no: Slack's ``ok: false``, X's ``errors`` without ``data``."""
    given = _decoded(body)
    if not isinstance(given, Mapping):
        return False
    return given.get("ok") is False or bool(given.get("errors") and not given.get("data"))


def _decoded(body: Any) -> Any:
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _plain(body: Any) -> str:
    """The words of a body that is no JSON; nothing of a page, which is not meant for here."""
    if not isinstance(body, str) or body.lstrip().startswith("<"):
        return ""
    return _short(body)


def _short(words: Any) -> str:
    line = " ".join(str(words).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else str(value)


def _host(result: HttpResult) -> str:
    return host_of(result.url)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."
