"""What a refusal for want of room means: the window, the day, the month's cap, or no credits.

The service's own rules are asked first, then those for any service, then the windows and
``Retry-After`` that came with the answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from factotum.core.http import Response
from factotum.runs.limits.reading import LONGEST, Reading, retry_after
from factotum.runs.limits.rules import ANSWER, RefusalRule, Rules, generic

LOOKED_AT = 8192  # bytes of a body that are searched for what is meant
PROBE_SECONDS = 3600.0  # between two tries of an account without credits
BARE_SECONDS = 30.0  # after a 429 that says nothing; doubled each time it is repeated
LONGEST_BARE = 900.0
LONGEST_FLOOR = 60.0  # … and at least, where a service always says to come at once
TELLS_THE_MONTH = 3600.0  # a Retry-After this far away knows when the month of the plan ends

WHY = {
    "rate-limited": "has had as many requests as it takes for now",
    "day-limit": "has had as many requests as it takes in a day",
    "month-cap": "has had as many requests as the plan has in a month",
    "out-of-credits": "says that there are no credits left to pay for requests",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing more until ``until`` (seconds since 1970). ``whole`` concerns every family."""

    code: str
    until: float
    scope: str = "account"
    whole: bool = False


def refusal(
    rules: Rules,
    response: Response,
    headers: Mapping[str, str],
    told: Sequence[Reading],
    now: float,
    *,
    repeated: int = 0,
) -> Refusal | None:
    """What this answer refuses for, or None. ``repeated`` counts refusals right before it."""
    rule = _rule(rules, response, told)
    after = retry_after(headers, now)
    if after is not None and repeated:
        after = max(after, now + min(math.pow(2, min(repeated, 10)), LONGEST_FLOOR))
    if rule is not None and rule.code == ANSWER:
        return None
    if rule is not None:
        until = _until(rule, told, after, now, repeated)
        return Refusal(rule.code, until, rule.scope, rule.whole)
    if response.status == 429:
        return _by_windows(told, after, now, repeated)
    if response.status in (403, 503) and after is not None:
        return Refusal("rate-limited", after)
    return None


def _rule(rules: Rules, response: Response, told: Sequence[Reading]) -> RefusalRule | None:
    body = ""
    for rule in (*rules.refusals, *generic().refusals):
        if response.status not in rule.status:
            continue
        if rule.has and not body:
            body = response.body[:LOOKED_AT].decode("utf-8", "replace").lower()
        if _fits(rule, body, told):
            return rule
    return None


def _fits(rule: RefusalRule, body: str, told: Sequence[Reading]) -> bool:
    if rule.has and not any(text in body for text in rule.has):
        return False
    if rule.and_ and not any(text in body for text in rule.and_):
        return False
    if rule.empty:
        return any(each.name == rule.empty and each.remaining == 0 for each in told)
    return True


def _until(
    rule: RefusalRule, told: Sequence[Reading], after: float | None, now: float, repeated: int
) -> float:
    if rule.code == "out-of-credits":
        return now + PROBE_SECONDS
    if rule.code == "month-cap":
        return after if after and after > now + TELLS_THE_MONTH else month_end(now)
    if after is not None:
        return after
    if rule.code == "day-limit":
        ends = [each.reset_at for each in told if each.code == "day-limit" and not each.remaining]
        return max(ends, default=day_end(now))
    ends = [each.reset_at for each in told if not each.remaining]
    bare = rule.seconds or bare_seconds(repeated)
    return max(ends, default=now + bare)


def _by_windows(told: Sequence[Reading], after: float | None, now: float, repeated: int) -> Refusal:
    """A 429 by the windows that are empty: the one that lasts longest counts."""
    empty = [each for each in told if each.remaining == 0 and each.reset_at > now]
    if empty:
        last = max(empty, key=lambda each: each.reset_at)
        return Refusal(last.code, max(last.reset_at, after or 0.0), last.scope)
    if after is not None:
        return Refusal("rate-limited", after)
    return Refusal("rate-limited", now + bare_seconds(repeated))


def bare_seconds(repeated: int) -> float:
    """How long to wait after a refusal that does not say it: 30 s, then twice that, up to 15 min."""
    return min(BARE_SECONDS * math.pow(2, min(repeated, 10)), LONGEST_BARE)


def day_end(now: float) -> float:
    """The next midnight in UTC."""
    return (now // 86400 + 1) * 86400


def month_end(now: float) -> float:
    """The first of the next month in UTC.

    >>> month_end(1764547200.0)  # 1 December 2025
    1767225600.0
    """
    day = datetime.fromtimestamp(now, UTC)
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return datetime(year, month, 1, tzinfo=UTC).timestamp()


def sentence(code: str, who: str, what: str, until: float, now: float) -> str:
    """For a person: who takes no more of what, why, and until when."""
    why = WHY.get(code, WHY["rate-limited"])
    if code == "out-of-credits":
        return (
            f"{who} {why}. Nothing more is sent until somebody says go on under "
            f"Setup, Budgets; one request tries again {_at(until, now)}."
        )
    return f"{who} {why} ({what}). It takes more {_at(until, now)}."


def _at(until: float, now: float) -> str:
    when = datetime.fromtimestamp(math.ceil(min(until, now + LONGEST)), UTC)
    day = datetime.fromtimestamp(now, UTC).date()
    clock = f"{when:%H:%M:%S} UTC"
    return f"at {clock}" if when.date() == day else f"on {when.day} {when:%B %Y} at {clock}"
