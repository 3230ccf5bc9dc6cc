"""The weight of a text, and what is found in it."""

from __future__ import annotations

import pytest

from factotum.sandbox import text


@pytest.mark.parametrize(
    ("written", "weight"),
    [
        ("", 0),
        ("hello", 5),
        ("Grüße, Привет, γεια, שלום", 25),
        ("你好", 4),
        ("こんにちは", 10),
        ("안녕", 4),
        ("“quoted” – so…", 14 + 1),
        ("🎉", 2),
        ("👍🏽", 2),
        ("👩‍👩‍👧‍👦", 2),
        ("🏳️‍🌈", 2),
        ("❤️", 2),
        ("🇵🇹🇳🇴", 4),
        ("1️⃣", 2),
        ("👩‍⚕️ on call", 10),
        ("©", 1),
        ("©️", 2),
        ("e\u0301", 1),
        ("https://example.com", 23),
        ("see https://example.com/a/very/long/path?with=query&and=more#part.", 4 + 23 + 1),
        ("example.com", 23),
        ("(http://a.io)", 25),
        ("no.link but dots...", 19),
        ("bob@example.com", 15),
        ("a" * 280, 280),
    ],
)
def test_it_weighs_a_text_as_x_does(written, weight):
    assert text.weight(written) == weight


def test_it_finds_names_tags_and_links():
    written = "Hi @alice and @Bob_2, mail a@b.de #help #1 https://x.io/#no @"
    assert [found.text for found in text.mentions(written)] == ["alice", "Bob_2"]
    assert [found.text for found in text.hashtags(written)] == ["help"]
    assert [found.text for found in text.links(written)] == ["https://x.io/#no"]


def test_it_loses_nothing_when_it_cuts_a_text():
    written = "see https://a.io/@bob #tag, @alice: <b> 你好"
    assert "".join(piece["text"] for piece in text.pieces(written)) == written
