"""Final placeholders in a form that can be kept: JSON, and not without end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

LONGEST = 64 * 1024  # characters of one placeholder's JSON
ALL = 512 * 1024  # … of all of them


def presentable(values: Mapping[str, Any]) -> dict[str, Any]:
    """The placeholders as JSON values of their own; one that is too long is replaced by its length."""
    try:
        text = orjson.dumps(values, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a whole number above 64 bits, half a surrogate pair, itself inside itself
        return _one_by_one(values)
    if len(text) > LONGEST:
        return _one_by_one(values)
    kept: dict[str, Any] = orjson.loads(text)
    return kept


def _one_by_one(values: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    left = ALL
    for name, value in values.items():
        try:
            text = json.dumps(value, default=str, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            kept[name] = "… (not kept: it holds itself, or is nested too deeply)"
            continue
        if len(text) > min(LONGEST, left):
            kept[name] = f"… ({len(text):,} characters)"
            continue
        left -= len(text)
        kept[name] = json.loads(text)
    return kept
