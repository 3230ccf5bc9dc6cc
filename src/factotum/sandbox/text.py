"""How X reads a text: what it weighs, and the links, names and tags in it.

A character weighs 1 where Latin, Cyrillic, Greek, Hebrew, Arabic and their like are written, and
2 elsewhere; an emoji weighs 2 however many code points draw it; a link always weighs 23.
(twitter-text, configuration v3.)
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

LONGEST = 280
LINK_WEIGHT = 23
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

# Written as escapes: most of these would be invisible here.
_PICTURE = (
    "[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_DRAWN = f"(?:{_PICTURE}|[\u00a9\u00ae](?=\ufe0f))\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # two letters are a flag
    "|[0-9#*]\ufe0f?\u20e3"  # a key
    f"|{_DRAWN}(?:\u200d(?:{_DRAWN}|[\u2640\u2642\u2695\u2696]\ufe0f?))*"
)

_ENDINGS = "com|org|net|edu|gov|int|info|io|me|dev|app|co|ai|uk|de|fr|es|it|nl|no|se|pt|eu|us|ca|jp"
_LINK = re.compile(
    r"https?://[^\s<>\"]+[^\s<>\".,;:!?'()\[\]]"
    rf"|(?<![@\w.#$/-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_ENDINGS})\b(?!\.\w)(?:/[^\s<>\"]*[^\s<>\".,;:!?'()\[\]]|/)?",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?<![\w@/])@(\w{1,15})(?!\w|@)", re.ASCII)
_HASHTAG = re.compile(r"(?<![\w#&/])#(\w*[^\W\d_]\w*)")


@dataclass(frozen=True)
class Entity:
    """A stretch of a text: ``text`` is the name without its sign, or the link."""

    start: int
    end: int
    text: str


def clean(text: str) -> str:
    """Bring a text to the form that is stored: composed characters, no space around."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def weight(text: str) -> int:
    """Tell how much of the 280 a text takes; "你好 https://example.com/a" takes 28."""
    rest = unicodedata.normalize("NFC", text)
    rest, found_links = _LINK.subn("", rest)
    rest, found_emoji = _EMOJI.subn("", rest)
    return found_links * LINK_WEIGHT + found_emoji * 2 + sum(map(_weight_of_character, rest))


def _weight_of_character(character: str) -> int:
    return 1 if any(first <= ord(character) <= last for first, last in LIGHT) else 2


def links(text: str) -> list[Entity]:
    """Find the links."""
    return [Entity(m.start(), m.end(), m.group()) for m in _LINK.finditer(text)]


def mentions(text: str) -> list[Entity]:
    """Find who is mentioned; @alice is ``alice``."""
    return [Entity(m.start(), m.end(), m.group(1)) for m in _MENTION.finditer(text)]


def hashtags(text: str) -> list[Entity]:
    """Find the tags; #help is ``help``."""
    return [Entity(m.start(), m.end(), m.group(1)) for m in _HASHTAG.finditer(text)]


def pieces(text: str) -> list[dict[str, Any]]:
    """Cut a text for a page: stretches of ``kind`` text, link, mention or hashtag."""
    found = [(e, "link") for e in links(text)]
    found += [(e, "mention") for e in mentions(text)]
    found += [(e, "hashtag") for e in hashtags(text)]
    cut: list[dict[str, Any]] = []
    at = 0
    for entity, kind in sorted(found, key=lambda pair: pair[0].start):
        if entity.start < at:
            continue
        cut.append({"kind": "text", "text": text[at : entity.start], "target": ""})
        cut.append({"kind": kind, "text": text[entity.start : entity.end], "target": entity.text})
        at = entity.end
    return [*cut, {"kind": "text", "text": text[at:], "target": ""}]
