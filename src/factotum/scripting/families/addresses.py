"""Web addresses and mail addresses: ``url_encode``, ``url_decode``, ``parse_url``, ``parse_emails``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote_plus

from factotum.scripting.families.json import json_encode
from factotum.scripting.faults import Trouble
from factotum.scripting.registry import FILTERS, FUNCTIONS
from factotum.scripting.values import as_bytes, from_bytes, pairs, text

if TYPE_CHECKING:
    from factotum.scripting.run import Run

_URL = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?"
    r"(?://(?:(?P<user>[^:@/?#]*)(?::(?P<pass>[^@/?#]*))?@)?"
    r"(?P<host>\[[^\]]*\]|[^:/?#]*)(?::(?P<port>\d{1,5}))?)?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_MAILBOX = re.compile(r"[^\s@<>\"(),:;\[\]\\]+(?:@[^\s@<>\"(),:;\\]+)?")
_MAX_MAIL = 100_000
_MAX_NAME = 1000


@FILTERS.add("url_encode")
def url_encode(run: Run, value: Any) -> str:
    """A text for a place in an address; of a map or list a query string.

    ``'a b/c~é'|url_encode`` is a%20b%2Fc~%C3%A9, ``{a: '1 2', b: [true, null]}|url_encode`` is
    a=1%202&b%5B0%5D=1.
    """
    if isinstance(value, (list, Mapping)):
        out = run.buffer()
        for name, one in _query(run, value, ""):
            out.add(f"{'&' if out.parts else ''}{_encoded(name)}={_encoded(one)}")
        return out.text()
    return _encoded(value)


def _encoded(value: Any) -> str:
    return quote(as_bytes(value), safe="")


def _query(run: Run, value: Any, outer: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, one in pairs(value):
        run.visit()
        name = f"{outer}[{key}]" if outer else str(key)
        if len(name) > _MAX_NAME:
            raise Trouble("A name in a query string is too long.")
        if isinstance(one, (list, Mapping)):
            with run.deeper():
                found += _query(run, one, name)
        elif one is not None:
            found.append((name, "0" if one is False else text(one)))
    return found


@FILTERS.add("url_decode")
def url_decode(run: Run, value: Any, as_: Any = "") -> str:
    """The text that an encoded one stands for; ``url_decode('json')`` a query string as JSON."""
    if text(as_).lower() != "json":
        return from_bytes(
            unquote_plus(text(value), errors="surrogateescape").encode("utf-8", "surrogateescape")
        )
    return json_encode(run, parse_query(text(value)))


def parse_query(query: str) -> dict[str, Any]:
    """A query string as a map; ``a[]=1&a[]=2`` gives a list, ``a[b]=1`` a map."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query.lstrip("?"), keep_blank_values=True, max_num_fields=10_000):
        base, bracket, rest = name.partition("[")
        if not bracket:
            found[name] = value
            continue
        inner = found.setdefault(base, {})
        if isinstance(inner, dict):
            key = rest.partition("]")[0]
            inner[key or len(inner)] = value
    return found


@FILTERS.add("parse_url")
def parse_url(value: Any) -> dict[str, Any] | bool:
    """The parts of an address: scheme, host, port, user, pass, path, query, fragment."""
    match = _URL.fullmatch(text(value).strip())
    if match is None or (match["port"] and int(match["port"]) > 65535):
        return False
    parts: dict[str, Any] = {name: part for name, part in match.groupdict().items() if part}
    if "port" in parts:
        parts["port"] = int(parts["port"])
    order = ("scheme", "host", "port", "user", "pass", "path", "query", "fragment")
    return {name: parts[name] for name in order if name in parts}


@FILTERS.add("parse_emails")
def parse_emails(run: Run, value: Any) -> dict[str, dict[str, Any]]:
    """Addresses between commas, each under itself; one without a host is at ``localhost``.

    ``'Kina <kina@cerb.example>'|parse_emails|first.host`` is cerb.example. Each has ``full_email``,
    ``email``, ``mailbox``, ``host`` and ``personal`` (null where there is no name).
    """
    subject = text(value)
    run.fits(len(subject) * 40)
    found: dict[str, dict[str, Any]] = {}
    for part in _people(subject[:_MAX_MAIL]):
        if (person := _person(part.strip())) is not None:
            found.setdefault(person["email"], person)
    return found


def _people(subject: str) -> list[str]:
    """Cut at commas and semicolons outside quotes and angle brackets."""
    parts, quoted, angle, start = [], False, False, 0
    for at, sign in enumerate(subject):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "<>":
            angle = sign == "<"
        elif sign in ",;\n" and not quoted and not angle:
            parts.append(subject[start:at])
            start = at + 1
    return [*parts, subject[start:]]


def _person(part: str) -> dict[str, Any] | None:
    head, angle, tail = part.partition("<")
    name = head.strip() if angle else ""
    address = (tail.partition(">")[0] if angle else part).strip().lower()
    if not _MAILBOX.fullmatch(address):
        return None
    mailbox, _, host = address.partition("@")
    host = host or "localhost"
    email = f"{mailbox}@{host}"
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = name[1:-1].replace('\\"', '"')
    return {
        "full_email": f'"{name}" <{email}>' if name else email,
        "email": email,
        "mailbox": mailbox,
        "host": host,
        "personal": name or None,
    }


@FUNCTIONS.add("validate_email")
def validate_email(value: Any) -> bool:
    """Whether a text is one e-mail address."""
    return _EMAIL.fullmatch(text(value)) is not None


_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
