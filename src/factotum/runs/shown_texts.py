"""Texts as they can be compared with what was sent: services unescape, shorten, link and trim them.

``kept``       shown as it was sent
``shortened``  links stand for others (X); whatever a link leads to counts as the same
``html``       shown as HTML, as Mastodon does: links are cut into spans that are put together again, a
               mention loses its host and takes the case of the name, line ends become tags
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from urllib.parse import unquote

_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_MENTION = re.compile(r"@(\w+(?:[\w.-]*\w)?)(?:@[\w.-]*\w)?")
_LINES = frozenset(
    {"blockquote", "br", "div", "h1", "h2", "h3", "h4", "li", "p", "pre", "ul", "ol"}
)
LINK = "<link>"
_VOID = frozenset({"br", "hr", "img", "wbr"})
ADDED = "quote-inline"
"""The class of what Mastodon itself writes before a post that quotes another."""


def kept(text: str) -> str:
    """A text that is shown as it was sent, but for white space."""
    return " ".join(text.split())


def shortened(text: str) -> str:
    """Without what links lead to.

    >>> shortened("Tom &amp; Jerry  https://t.co/x") == shortened("Tom & Jerry https://example.com/a")
    True
    """
    return kept(_URL.sub(LINK, html.unescape(text)))


def linked(text: str) -> str:
    """Links and mentions as they are in whichever spelling.

    >>> linked("@Bob@remote.example see HTTPS://example.com/%7Ebob") == linked(
    ...     "@bob see https://example.com/~bob"
    ... )
    True
    """
    text = _URL.sub(lambda found: unquote(found[0]).lower(), text)
    return kept(_MENTION.sub(lambda found: f"@{found[1].lower()}", text))


def from_html(text: str) -> str:
    """What a person reads, links in full.

    >>> from_html('<p>See <a href="…"><span class="invisible">https://</span>a.example</a></p>')
    ' See https://a.example '
    """
    reading = _Reading()
    reading.feed(text)
    reading.close()
    return "".join(reading.pieces)


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._skipped = 0  # elements that are open, from one on that the service added

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag in _LINES:
            self.pieces.append(" ")
        if tag not in _VOID and (self._skipped or ADDED in classes):
            self._skipped += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINES:
            self.pieces.append(" ")
        self._skipped = max(self._skipped - 1, 0)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _LINES:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.pieces.append(data)


SHOWN: Mapping[str, Callable[[str], str]] = {
    "html": lambda text: linked(from_html(text)),
    "kept": kept,
    "shortened": shortened,
}
"""By how a service shows texts: one that it shows, as it can be compared."""
SENT: Mapping[str, Callable[[str], str]] = {**SHOWN, "html": linked}
"""The same for the text that was sent."""
