"""What is inside a bot is shown to those who may change it; others see names and structure."""

from __future__ import annotations

from factotum.core.values import Record
from factotum.records.inside import from_outside, texts_in, texts_inside
from factotum.records.record_type import load_record_types, named

load_record_types()

REQUEST = {
    "action": "core.va.action.http_request",
    "http_url": "https://api.example.com/",
    "http_headers": "X-Key: s3cr3t-of-the-package",
    "options": {"raw_response_body": "1"},
}
NODES = [
    {
        "type": "action",
        "title": "Ask",
        "status": "live",
        "params": {"actions": [REQUEST]},
    },
    {
        "type": "outcome",
        "title": "Yes",
        "params": {"groups": [{"any": 0, "conditions": [{"condition": "x", "value": "secret"}]}]},
    },
]


def test_a_configuration_keeps_its_names_and_loses_its_values():
    config = {"key": "s3cr3t", "list": ["a", {"b": 5}], "empty": "", "on": True, "none": None}
    seen = from_outside(Record("bot", 1, {"name": "B", "config": config}, "B"))

    assert seen.values == {
        "name": "B",
        "config": {
            "key": "•••",
            "list": ["•••", {"b": "•••"}],
            "empty": "",
            "on": True,
            "none": None,
        },
    }
    assert (seen.ref.id, seen.label) == (1, "B")


def test_nodes_keep_what_they_are_and_lose_what_they_are_filled_in_with():
    seen = from_outside(Record("behavior", 1, {"title": "T", "nodes": NODES}))

    ask, yes = seen["nodes"]
    assert (ask["type"], ask["title"], ask["status"]) == ("action", "Ask", "live")
    assert ask["params"]["actions"] == [
        {
            "action": "core.va.action.http_request",
            "http_url": "•••",
            "http_headers": "•••",
            "options": {"raw_response_body": "•••"},
        }
    ]
    assert yes["params"]["groups"] == [
        {"any": 0, "conditions": [{"condition": "x", "value": "•••"}]}
    ]


def test_records_with_nothing_inside_stay_as_they_are():
    task = Record("task", 1, {"title": "T"})

    assert from_outside(task) is task
    assert texts_inside(task) == frozenset()


def test_texts_inside_are_those_that_can_be_known_again():
    bot = Record(
        "bot", 1, {"name": "A long name", "config": {"a": ["s3cr3t-of-the-package", "en"]}}
    )

    assert texts_inside(bot) == {"s3cr3t-of-the-package"}
    assert texts_in(None) == frozenset()


def test_scripts_get_nothing_of_it():
    bot, behavior = named("bot"), named("behavior")

    assert bot.as_scripts_read({"name": "B", "config": {"a": 1}}) == {"name": "B"}
    assert behavior.as_scripts_read({"title": "T", "nodes": NODES}) == {"title": "T"}
