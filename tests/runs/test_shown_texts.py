"""A text is known again in what a service makes of it, and told from others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.mastodon import shown

from factotum.runs.shown_texts import SENT, SHOWN, from_html

KNOWN = frozenset({"bob@remote.example", "cleo", "bob"})
WORDS = st.sampled_from(
    [
        "@Bob@remote.example",
        "@cleo,",
        "@nobody@else.where",
        "#FediTips!",
        "https://www.example.com/a/rather/long/path?with=a&query=1#part",
        "https://EXAMPLE.com/%7Eann",
        "(http://a.example/x)",
        "ann@example.com",
        "<b>",
        "&amp;",
        "a&b",
        "5 > 4",
        '"quoted"',
        ":blobcat:",
        "\n",
        "\n\n",
        "\r\n",
        "  ",
    ]
)
texts = st.lists(WORDS | st.text(st.characters(exclude_categories=["Cc", "Cs"])), max_size=8)


def is_same(sent, html):
    return SENT["html"](sent) == SHOWN["html"](html)


@given(texts)
def test_what_mastodon_makes_of_a_text_is_known_again(parts):
    text = " ".join(parts)

    assert is_same(text, shown(text.strip(), KNOWN))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hello", "Hello there"),
        ("See https://example.com/a", "See https://example.com/b"),
        ("See https://example.com/" + "x" * 40 + "1", "See https://example.com/" + "x" * 40 + "2"),
        ("Hi @cleo", "Hi @bob"),
        ("1 < 2", "1 > 2"),
    ],
)
def test_another_text_is_another(one, other):
    assert is_same(one, shown(one, KNOWN))
    assert not is_same(one, shown(other, KNOWN))


def test_a_long_link_is_read_in_full():
    url = "https://www.example.com/a/rather/long/path/to/something"

    assert 'class="ellipsis"' in shown(url)
    assert from_html(shown(url)).strip() == url


def test_what_the_service_writes_before_a_quote_is_left_out():
    before = '<p class="quote-inline">RE: <a href="https://a.example/1">a.example/1<br></a></p>'

    assert is_same("Well said", before + shown("Well said"))


@given(st.text())
def test_any_html_can_be_read(text):
    assert isinstance(SHOWN["html"](text), str)
