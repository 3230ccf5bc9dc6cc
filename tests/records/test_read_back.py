"""What a service says of how it shows what was done: checked before anything relies on it."""

import json
import re
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.packages.shelf import load
from factotum.records.connected_service import ConnectedService
from factotum.records.read_back import check
from factotum.runs.read_back_rule import FOLDER

SERVICE = {"name": "Mastodon", "extension_id": "cerb.service.provider.oauth2"}
[MASTODON] = [
    record["read_back"]
    for record in json.loads(load("mastodon"))["records"]
    if "read_back" in record
]


def faults(data):
    return ConnectedService.faults({**SERVICE, "read_back": data})


def changed(*path, to=None):
    """Mastodon's with something else at a place, or without it."""
    data = deepcopy(MASTODON)
    part = data
    for name in path[:-1]:
        part = part[name]
    if to is None:
        del part[path[-1]]
    else:
        part[path[-1]] = to
    return data


def test_what_our_own_files_and_packages_say_is_understood():
    for file in FOLDER.glob("*.json"):
        said = json.loads(file.read_text())
        del said["hosts"]
        check(said)
    assert faults(MASTODON) == {}
    assert faults({}) == {}


def test_the_docs_show_what_our_package_says():
    docs = Path(__file__).parents[2] / "docs" / "runs.md"
    [example] = re.findall(r"```json\n(.*?)```", docs.read_text(), re.DOTALL)

    assert json.loads(example) == MASTODON


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([MASTODON], "must be an object"),
        ({"requests": []}, "must say found"),
        (changed("requests", to=[]), "at least one request"),
        (changed("found", "text"), "found must say text"),
        (changed("found", "texxt", to="a"), "texxt"),
        (changed("look", "path", to="api/v1"), "look.path must be a path"),
        (changed("look", "path", to="//evil.example/x"), "look.path must be a path"),
        (changed("look", "path", to="/\\evil.example/x"), "look.path must be a path"),
        (changed("look", "path", to="/of/{whom}"), "{whom}, which nothing says"),
        (changed("look", "after"), "look.page goes together"),
        (changed("look", to={"path": "/all"}), "most"),
        (changed("first", "path", to="https://evil.example/"), "first.path"),
        (changed("first", "take", to={}), "first.take"),
        (changed("requests", 0, "method", to="GET"), "method must be one of"),
        (changed("requests", 0, "path", to="/a?b=c"), "no query"),
        (changed("requests", 0, "path", to="/a/{id}.json"), "whole parts"),
        (changed("requests", 0, "answer", to={"id": 7}), "answer must be text"),
        (changed("requests", 0, "answer", to={"id": "{nothing}"}), "{nothing}"),
        (changed("requests", 0, "status", to=404), "200 to 299"),
        (changed("requests", 0, "unless", to="scheduled_at"), "unless must be a list"),
        (changed("by", to="{user}"), "go together"),
        (changed("texts", to="markdown"), "kept, shortened, html"),
        (changed("page", to="javascript:alert(1)"), "page must be an address"),
        (changed("looks_after_seconds", to=[10, 3]), "must go up"),
        (changed("looks_after_seconds", to=[]), "list of numbers"),
        (changed("earlier_seconds", to=-1), "earlier_seconds"),
    ],
)
def test_what_cannot_be_asked_is_told(data, words):
    assert words in faults(data)["read_back"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(), some, max_size=3),
    max_leaves=6,
)
PLACES = [
    (part, name) if name else (part,)
    for part in MASTODON
    for name in [None, *(MASTODON[part] if isinstance(MASTODON[part], dict) else ())]
]


@given(st.sampled_from(PLACES), JSON.filter(lambda value: value is not None))
def test_anything_else_is_told_or_understood(place, value):
    assert set(faults(changed(*place, to=value))) <= {"read_back"}
