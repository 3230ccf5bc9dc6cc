"""HTML and Markdown: escaping, stripping, rendering."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import nh3
from markdown_it import MarkdownIt

from factotum.scripting.faults import OverLimit, Trouble
from factotum.scripting.registry import FILTERS
from factotum.scripting.values import as_bytes, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from factotum.scripting.run import Run

_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_SHORT: Final = {"\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
                 "\t": "\\t"}  # fmt: skip
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>|<[!?/][^<>]*+>")
_MAX_MARKDOWN = 30_000
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@FILTERS.add("escape", "e")
def escape(run: Run, value: Any, strategy: Any = "html") -> str:
    """For html (default), html_attr, js, css or url."""
    chosen = _STRATEGIES.get(text(strategy))
    if chosen is None:
        raise Trouble(f"escape takes one of {', '.join(_STRATEGIES)}.")
    out = chosen(text(value))
    run.fits(len(out))
    return out


def _html(subject: str) -> str:
    return html.escape(subject, quote=False).replace('"', "&quot;").replace("'", "&#039;")


def _js(subject: str) -> str:
    return re.sub(
        r"[^a-zA-Z0-9,._]", lambda sign: _SHORT.get(sign[0]) or _js_code(sign[0]), subject
    )


def _js_code(sign: str) -> str:
    if ord(sign) < 0x80:
        return f"\\x{ord(sign):02X}"
    return "\\u" + json.dumps(sign)[3:-1].upper().replace("\\U", "\\u")


def _css(subject: str) -> str:
    return re.sub(r"[^a-zA-Z0-9]", lambda sign: f"\\{ord(sign[0]):X} ", subject)


def _html_attr(subject: str) -> str:
    return re.sub(
        r"[^a-zA-Z0-9,.\-_]",
        lambda sign: _NAMED.get(sign[0]) or f"&#x{ord(sign[0]):02X};",
        subject,
    )


def _url(subject: str) -> str:
    return quote(as_bytes(subject), safe="")


_STRATEGIES: Final[dict[str, Callable[[str], str]]] = {
    "html": _html, "js": _js, "css": _css, "html_attr": _html_attr, "url": _url,
}  # fmt: skip


@FILTERS.add("raw")
def raw(value: Any) -> Any:
    """As it is: nothing is escaped unless asked for."""
    return value


@FILTERS.add("unescape")
def unescape(value: Any) -> str:
    """Text for HTML entities."""
    return html.unescape(text(value))


@FILTERS.add("striptags")
def striptags(value: Any, allowed: Any = None) -> str:
    """Without HTML tags and comments, but those in ``allowed`` (``'<b><i>'``)."""
    kept = set(re.findall(r"<\s*([a-zA-Z0-9]+)", text(allowed).lower()))

    def stripped(found: re.Match[str]) -> str:
        return found[0] if (found[1] or "").lower() in kept else ""

    return _TAG.sub(stripped, _without_comments(text(value)))


def _without_comments(subject: str) -> str:
    parts, at = [], 0
    while (start := subject.find("<!--", at)) >= 0 and (end := subject.find("-->", start)) >= 0:
        parts.append(subject[at:start])
        at = end + 3
    return "".join([*parts, subject[at:]])


@FILTERS.add("nl2br")
def nl2br(run: Run, value: Any) -> str:
    """A ``<br />`` before each line end."""
    subject = text(value)
    run.fits(len(subject) + 6 * subject.count("\n"))
    return re.sub(r"\r\n|\n|\r", lambda end: "<br />" + end[0], subject)


@FILTERS.add("spaceless")
def spaceless(value: Any) -> str:
    """Without white space between tags."""
    return re.sub(r">\s+<", "><", text(value)).strip()


@FILTERS.add("markdown_to_html")
def markdown_to_html(value: Any) -> str:
    """Markdown as HTML; only harmless elements and addresses are kept."""
    subject = text(value)
    if len(subject) > _MAX_MARKDOWN:
        raise OverLimit("markdown_to_html takes at most 30,000 characters.")
    return nh3.clean(_MARKDOWN.render(subject), link_rel=None)
