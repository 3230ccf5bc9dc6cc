"""Final placeholders in a form that can be kept: JSON, and not without end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LONGEST = 64 * 1024  # characters of one placeholder's JSON
ALL = 512 * 1024  # … of all of them


def presentable(values: Mapping[str, Any]) -> dict[str, Any]:
    """The placeholders as JSON values; one that is too long is replaced by its length."""
    kept: dict[str, Any] = {}
    left = ALL
    for name, value in values.items():
        text = json.dumps(value, default=str, ensure_ascii=False)
        if len(text) > min(LONGEST, left):
            kept[name] = f"… ({len(text):,} characters)"
            continue
        left -= len(text)
        kept[name] = json.loads(text)
    return kept
