"""What a bot asks in the chat, as fields."""

from __future__ import annotations

from factotum.web.pages.prompts import drawn


def nothing(_type, _query):
    return []


def test_no_prompt_draws_nothing():
    assert drawn(None, nothing) is None


def test_buttons_go_from_the_first_colour_over_the_middle_one_to_the_last():
    params = {
        "options": ["yes", "maybe", "no"],
        "color_from": "#57970a",
        "color_mid": "#4795f7",
        "color_to": "#cf2c1d",
    }
    prompt = drawn({"kind": "buttons", "params": params}, nothing)
    assert [(one.value, one.colour) for one in prompt.options] == [
        ("yes", "#57970a"),
        ("maybe", "#4795f7"),
        ("no", "#cf2c1d"),
    ]


def test_a_colour_that_is_none_is_left_out():
    params = {"options": ["go"], "color_from": "red;background:url(//evil.example)"}
    assert drawn({"kind": "buttons", "params": params}, nothing).options[0].colour == ""


def test_a_picture_is_shown_only_where_it_came_along():
    params = {
        "images": ["data:image/png;base64,AAAA", "https://tracker.example/a.png"],
        "labels": ["Email", "Phone"],
    }
    shown = drawn({"kind": "images", "params": params}, nothing).options
    assert [one.picture for one in shown] == ["data:image/png;base64,AAAA", ""]
    assert [one.value for one in shown] == ["Email", "Phone"]


def test_a_chooser_asks_for_records_of_its_type():
    asked = []

    def records(type, query):
        asked.append((type, query))
        return [("3", "Ada")]

    params = {"type": "worker", "query": "isDisabled:n", "selection": "multiple"}
    prompt = drawn({"kind": "chooser", "params": params}, records)
    assert asked == [("worker", "isDisabled:n")]
    assert prompt.is_multiple
    assert prompt.options[0].label == "Ada"
