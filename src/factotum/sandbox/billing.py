"""What calls cost an app, as X bills: a post, a post with a link, each resource read once a UTC day.

An app may have credits, and a cap of calls a month; without either it may call for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from factotum.sandbox import errors

if TYPE_CHECKING:
    from factotum.sandbox.state import State

POST = 15_000  # millionths of a dollar
POST_WITH_LINK = 200_000
READ = 5_000
LINK = re.compile(r"https?://\S", re.IGNORECASE)


@dataclass
class Bill:
    """What one app has used. Money in millionths of a dollar; ``credits`` None is without end."""

    spent: int = 0
    credits: int | None = None
    month_cap: int | None = None
    calls: dict[str, int] = field(default_factory=dict)  # month → calls
    read: dict[str, set[str]] = field(default_factory=dict)  # day → resources paid for

    def as_json(self) -> dict[str, Any]:
        """For whoever looks."""
        left = None if self.credits is None else (self.credits - self.spent) / 1e6
        return {
            "spent": self.spent / 1e6,
            "credits_left": left,
            "month_cap": self.month_cap,
            "calls": self.calls,
        }


def bill_of(state: State, app_id: str) -> Bill:
    """The app's bill."""
    return state.bills.setdefault(app_id, Bill())


def check(state: State, app_id: str) -> None:
    """Refuse an app without credits, or beyond its cap of the month."""
    bill = bill_of(state, app_id)
    if bill.credits is not None and bill.spent >= bill.credits:
        raise errors.credits_depleted()
    if bill.month_cap is not None and bill.calls.get(_month(state), 0) >= bill.month_cap:
        raise errors.usage_cap_exceeded()


def charge(state: State, app_id: str, method: str, path: str, text: str, answer: Any) -> None:
    """Put a call that was answered on the bill."""
    bill, month = bill_of(state, app_id), _month(state)
    bill.calls[month] = bill.calls.get(month, 0) + 1
    if method == "POST" and path.endswith(("/tweets", "/update.json")):
        bill.spent += POST_WITH_LINK if LINK.search(text) else POST
    elif method == "GET":
        day = datetime.fromtimestamp(state.clock(), UTC).strftime("%Y-%m-%d")
        paid = bill.read.setdefault(day, set())
        fresh = set(_ids(answer)) - paid
        paid |= fresh
        bill.spent += READ * len(fresh)


def _ids(answer: Any) -> Iterable[str]:
    if isinstance(answer, Mapping):
        answer = answer.get("data", answer.get("statuses", answer))
    rows = answer if isinstance(answer, list) else [answer]
    for row in rows:
        if isinstance(row, Mapping) and (row.get("id_str") or row.get("id")):
            yield str(row.get("id_str") or row["id"])


def _month(state: State) -> str:
    return datetime.fromtimestamp(state.clock(), UTC).strftime("%Y-%m")
