"""What an answer's headers say of limits: windows, and when to come back.

Understood are a service's own headers as its rules name them, ``Retry-After`` (RFC 9110, 10.2.3) and
``RateLimit`` with ``RateLimit-Policy`` of the IETF draft (draft-ietf-httpapi-ratelimit-headers), in
its present form (``"hour";r=5;t=200``) and its earlier one (``limit=10, remaining=5, reset=200``).
What cannot be understood is ignored, and so is a quota of something else than requests.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from factotum.core.http import Headers
from factotum.runs.limits.rules import Rules, WindowRule, span

LONGEST = 31 * 86400.0  # seconds; nobody is made to wait longer by a header
IN_MILLISECONDS = 1e11
SINCE_1970 = 1e9
MOST = 2**62
NOT_REQUESTS = "qu"
"""The parameter of a quota that is counted in something else, such as bytes."""

_ITEM = re.compile(r'\s*(?:"([^"\\]{0,80})"|([\w*][\w*.:/-]{0,80}))((?:\s*;[^,]{0,80})*)\s*(?:,|$)')
_PARAMETER = re.compile(r";\s*([a-z]+)\s*=\s*(\d{1,18})")
_OTHER_UNIT = re.compile(r';\s*qu\s*=\s*"?(?!"?requests\b)')
_PAIR = re.compile(r"(limit|remaining|reset|w)\s*=\s*(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Reading:
    """One window as an answer tells it. ``reset_at`` in seconds since 1970."""

    name: str
    limit: int
    remaining: int
    reset_at: float
    scope: str = "account"
    code: str = "rate-limited"
    label: str = ""
    family: str = ""
    """Whose window it is, where the answer itself says so."""


def by_name(headers: Headers) -> dict[str, str]:
    """Headers under their names in lower case; of repeated ones all values, with commas."""
    found: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        found[lower] = f"{found[lower]}, {value}" if lower in found else value
    return found


def readings(
    rules: Rules, headers: Mapping[str, str], now: float, family: str = ""
) -> list[Reading]:
    """Every window these headers tell of, each name once. ``family`` is that of what was asked."""
    found: dict[str, Reading] = {}
    for rule in rules.windows:
        reading = _told(rule, headers, now, family)
        if reading is not None:
            found.setdefault(reading.name, reading)
    if "ratelimit" in headers:
        for reading in draft(headers["ratelimit"], headers.get("ratelimit-policy", ""), now):
            found.setdefault(reading.name, reading)
    return list(found.values())


def _told(rule: WindowRule, headers: Mapping[str, str], now: float, asked: str) -> Reading | None:
    if rule.remaining not in headers:
        return None
    remaining = number(headers[rule.remaining])
    if remaining is None:
        return None
    reset_at = moment(headers.get(rule.reset, ""), now)
    if reset_at is None:
        return None
    limit = number(headers.get(rule.limit, ""))
    family = headers.get(rule.family, "")[:80] if rule.family else ""
    return Reading(
        rule.name,
        max(remaining, 1) if limit is None else limit,
        remaining,
        reset_at,
        rule.scope,
        rule.code,
        rule.label(family or asked, reset_at - now),
        family,
    )


def draft(ratelimit: str, policy: str, now: float) -> Iterator[Reading]:
    """``RateLimit`` of the IETF draft.

    >>> [(r.name, r.limit, r.remaining, r.reset_at, r.label)
    ...     for r in draft('"calls";r=5;t=200', '"calls";q=100;w=3600', 1000.0)]
    [('calls', 100, 5, 1200.0, '1 hour')]
    """
    quotas = dict(_items(policy))
    old = dict(_PAIR.findall(ratelimit))
    if "remaining" in old and "reset" in old:
        limit = number(old.get("limit", "")) or 1
        label = _length(quotas.get(str(limit), {}))
        reset_at = _after(old["reset"], now)
        yield Reading("window", limit, int(old["remaining"]), reset_at, label=label)
        return
    for name, parameters in _items(ratelimit):
        quota = quotas.get(name, {})
        if "r" not in parameters or NOT_REQUESTS in quota:
            continue
        seconds = parameters.get("t", quota.get("w"))
        if seconds is None:
            continue
        remaining = parameters["r"]
        limit = quota.get("q", max(remaining, 1))
        reset_at = now + min(seconds, LONGEST)
        yield Reading(name or "window", limit, remaining, reset_at, label=_length(quota))


def _length(quota: Mapping[str, int]) -> str:
    return span(quota["w"]) if quota.get("w") else ""


def _items(text: str) -> list[tuple[str, dict[str, int]]]:
    """A structured field's list (RFC 9651): names with their whole-number parameters."""
    return [
        (quoted or token, _parameters(parameters))
        for quoted, token, parameters in _ITEM.findall(text[:2000])
    ]


def _parameters(text: str) -> dict[str, int]:
    found = {key: int(value) for key, value in _PARAMETER.findall(text)}
    return found | {NOT_REQUESTS: 1} if _OTHER_UNIT.search(text) else found


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """When to come back by ``Retry-After``, in seconds since 1970; None for none.

    >>> retry_after({"retry-after": "120"}, 1000.0)
    1120.0
    """
    return moment(headers.get("retry-after", ""), now)


def moment(text: str, now: float) -> float | None:
    """When something ends: seconds from now, seconds or milliseconds since 1970, or a date.

    Of a header that came several times, with numbers, the first counts.
    """
    text = text.strip()
    if not text:  # most answers have no such header
        return None
    first = text.partition(",")[0].rstrip()
    if not _is_number(first):
        return _date(text, now)
    value = float(first)
    if value > IN_MILLISECONDS:
        value /= 1000
    return _bounded(value if value > SINCE_1970 else now + value, now)


def _date(text: str, now: float) -> float | None:
    """A date as HTTP writes it (RFC 9110, 5.6.7), in any zone, or as ISO 8601 does."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(TypeError, ValueError, IndexError, OverflowError):
            return _bounded(_seconds(read(text)), now)
    return None


def _seconds(date: datetime) -> float:
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def number(text: str) -> int | None:
    """A whole number of a header, or None; some say ``100, 100;w=60`` and mean the first."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    first = text.partition(",")[0].partition(";")[0].strip()
    return min(int(float(first)), MOST) if _is_number(first) else None


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,18}(\.\d{1,9})?", text, re.ASCII))


def _after(seconds: str, now: float) -> float:
    return now + min(float(seconds), LONGEST)


def _bounded(at: float, now: float) -> float | None:
    return min(at, now + LONGEST) if math.isfinite(at) else None
