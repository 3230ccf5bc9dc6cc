"""Published packages as bots: ids given, templates filled in, read into behaviors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from factotum.bots.tree import Behavior, read_behavior, read_bot

FOLDER = Path(__file__).parents[3] / "shared" / "packages"


def documents(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(bot, behavior) of every behavior in a package; skipped where the packages are not there."""
    file = FOLDER / f"{name}.json"
    if not file.exists():
        pytest.skip("the published packages are not here")
    package = json.loads(file.read_text())
    return [(bot, one) for bot in package["bots"] for one in bot["behaviors"]]


def bot(name: str, **prompts: str) -> dict[str, Behavior]:
    """The behaviors of a package's bot by uid, with ids from 101 and its templates filled in."""
    found = documents(name)
    ids = {one["uid"]: str(101 + place) for place, (_, one) in enumerate(found)}
    values = {**ids, **{f"uid.{uid}": one for uid, one in ids.items()}, **prompts}

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            return re.sub(r"\{\{\{(.*?)\}\}\}", lambda match: values[match[1]], value)
        if isinstance(value, list):
            return [fill(one) for one in value]
        if isinstance(value, dict):
            return {key: fill(one) for key, one in value.items()}
        return value

    behaviors = {}
    for place, (given, one) in enumerate(found):
        filled = json.loads(json.dumps(fill(one)).replace('"23"', f'"{ids.get("behavior_23")}"'))
        read, faults = read_behavior(filled, id=101 + place, bot=read_bot(fill(given), id=9))
        assert faults == []
        behaviors[one["uid"]] = read
    return behaviors


def by_id(behaviors: dict[str, Behavior]) -> dict[str, Behavior]:
    return {str(one.id): one for one in behaviors.values()}
