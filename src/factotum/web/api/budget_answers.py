"""What the operations on limits and money answer, as JSON Schema."""

from __future__ import annotations

from factotum.web.api.answers import (
    FLAG,
    NUMBER,
    TEXT,
    TIME,
    VALUES,
    Schema,
    many,
    whole,
)

MONEY: Schema = {"type": "string", "description": "US dollars, such as 0.015"}
AMOUNT: Schema = {"type": ["string", "integer"], "description": "Dollars as text, or requests"}

_SPENT = whole(
    {
        "period": {"type": "string", "description": "The day or month in UTC"},
        "requests": NUMBER,
        "usd": MONEY,
        "reserved_usd": {**MONEY, "description": "Held for requests that are under way"},
        "ends_at": TIME,
    }
)
_CAP = whole(
    {
        "period": {"enum": ["day", "month"]},
        "unit": {"enum": ["usd", "requests"]},
        "amount": AMOUNT,
        "used": AMOUNT,
        "left": AMOUNT,
    }
)
_PLACE: Schema = {
    "scope": {"enum": ["account", "app"], "description": "app: shared by all of its accounts"},
    "host": TEXT,
    "family": {"type": "string", "description": "Method and path; * is every request"},
}
_LENGTH: Schema = {
    "type": "string",
    "description": "How long it lasts, such as 15 minutes; its name where nobody says it",
}
_WINDOW = whole(
    {**_PLACE, "window": _LENGTH, "limit": NUMBER, "remaining": NUMBER, "resets_at": TIME}
)
_STOP = whole(
    {
        **_PLACE,
        "code": {"enum": ["rate-limited", "day-limit", "month-cap", "out-of-credits"]},
        "until": TIME,
        "sentence": TEXT,
    }
)
_BUDGET: Schema = {
    "spent": whole({"day": _SPENT, "month": _SPENT}),
    "caps": many(_CAP),
    "warnings": many(TEXT),
}

BUDGET = whole(_BUDGET)
LIMITS = whole({"account_id": NUMBER, "windows": many(_WINDOW), "stops": many(_STOP), **_BUDGET})
LIFTED = whole({"lifted": NUMBER})
PRICES = whole(
    {
        "service_id": NUMBER,
        "is_own": {**FLAG, "description": "Typed in here, not the product's own table"},
        "prices": many(VALUES),
    }
)
