"""Asking for tokens of OAuth 2.0, and what the answer tells (RFC 6749, sections 2.3, 4 and 5)."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from factotum.auth.answers import Answer, read_answer
from factotum.auth.identity import who
from factotum.auth.oauth2_problems import is_client_refused
from factotum.auth.scheme import Credentials, Dialogue, Linked
from factotum.core.http import Request
from factotum.core.values import Moment

POST, BASIC, NONE = "client_secret_post", "client_secret_basic", "none"
"""How a client proves itself, in the words of RFC 7591."""

A_DATE = 1_000_000_000
"""A lifetime of more seconds than this is a date: some providers send one under that name."""


def ask_token(credentials: Credentials, form: dict[str, str]) -> Dialogue[tuple[Answer, str]]:
    """(the answer, how the client proved itself).

    Where the service does not say how, the body is tried before Basic: a refusal of the client
    uses up neither code nor refresh token, and the way that worked is kept with the account.
    """
    secrets = [*form.values(), *map(str, credentials.account.values())]
    secrets.append(str(credentials.service["client_secret"]))
    named = credentials.service.get("token_endpoint_auth_method") or credentials.account.get(
        "token_endpoint_auth_method"
    )
    answer, method = Answer(0), ""
    for method in [named] if named else [POST, BASIC]:
        response = yield _token_request(credentials.service, form, method)
        answer = read_answer(response, secrets)
        if not is_client_refused(answer):
            break
    return answer, method


def _token_request(service: Mapping[str, Any], form: dict[str, str], method: str) -> Request:
    """RFC 6749, 2.3.1: with Basic, both are percent-encoded before they are joined."""
    client_id, client_secret = str(service["client_id"]), str(service["client_secret"])
    headers = [
        ("Accept", "application/json"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ]
    if method == BASIC:
        pair = f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}"
        headers.append(("Authorization", f"Basic {b64encode(pair.encode()).decode()}"))
    elif method == POST:
        form = form | {"client_id": client_id, "client_secret": client_secret}
    else:
        form = form | {"client_id": client_id}
    return Request("POST", service["access_token_url"], tuple(headers), urlencode(form).encode())


def brings_token(answer: Answer) -> bool:
    """Whether it is a good answer with an access token in it."""
    return answer.is_good and bool(answer.text("access_token"))


def linked(answer: Answer, credentials: Credentials, method: str, moment: Moment) -> Linked:
    """What a token's answer tells; scopes that it does not name are those asked for (RFC 6749, 5.1)."""
    kept = credentials.account.get("refresh_token")
    scope = answer.values.get("scope") or credentials.account.get("scope")
    params = {key: v for key, v in answer.params().items() if key not in {"ok", "expires_in"}}
    name, remote_id = who(answer)
    return Linked(
        secrets=({"refresh_token": kept} if kept else {}) | answer.secrets(),
        params=params | {"token_endpoint_auth_method": method},
        linked_as=name,
        remote_id=remote_id,
        scopes=_scopes(scope or credentials.service.get("scope")),
        expires_at=_expires_at(answer, moment),
    )


def _scopes(given: Any) -> tuple[str, ...]:
    """``"a b"``, ``"a,b"`` or a list, as providers like."""
    if isinstance(given, list):
        return tuple(map(str, given))
    return tuple(filter(None, re.split(r"[\s,]+", str(given or ""))))


def _expires_at(answer: Answer, moment: Moment) -> int | None:
    """When the token ends; None where the provider names no time, or none above zero."""
    seconds = answer.text("expires_in", "expires", "expires_at").partition(".")[0]
    if not seconds.isdecimal() or int(seconds) == 0:
        return None
    return int(seconds) if int(seconds) > A_DATE else moment.timestamp + int(seconds)
