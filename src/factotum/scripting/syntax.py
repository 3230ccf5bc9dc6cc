"""The two spellings of the one language: for run time, and for filling a package at import."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Syntax:
    """Delimiters, and the patterns that find them.

    A mark may carry white space control on its inner side: ``-`` takes all white space next to
    it, ``~`` only spaces and tabs. A newline right after a tag or a comment is dropped, as Twig
    does.
    """

    value: tuple[str, str]
    tag: tuple[str, str]
    comment: tuple[str, str]
    start: re.Pattern[str] = field(init=False)
    value_end: re.Pattern[str] = field(init=False)
    tag_end: re.Pattern[str] = field(init=False)
    comment_end: re.Pattern[str] = field(init=False)
    verbatim: re.Pattern[str] = field(init=False)
    verbatim_end: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        opened, closed = (re.escape(mark) for mark in self.tag)
        openings = "|".join(
            re.escape(mark) for mark in (self.value[0], self.tag[0], self.comment[0])
        )
        whole_tag_end = _end(closed, newline=True)
        patterns = {
            "start": f"({openings})([-~]?)",
            "value_end": r"\s*" + _end(re.escape(self.value[1])),
            "tag_end": r"\s*" + whole_tag_end,
            "comment_end": _end(re.escape(self.comment[1]), newline=True),
            "verbatim": rf"\s*verbatim\s*{whole_tag_end}",
            "verbatim_end": rf"{opened}([-~]?)\s*endverbatim\s*{whole_tag_end}",
        }
        for name, pattern in patterns.items():
            object.__setattr__(self, name, re.compile(pattern))

    def is_plain(self, text: str) -> bool:
        """Whether a text has no script in it."""
        return not (self.value[0] in text or self.tag[0] in text or self.comment[0] in text)


def _end(closed: str, *, newline: bool = False) -> str:
    after = r"(?:\r?\n)?" if newline else ""
    return rf"(?:-{closed}\s*|~{closed}[ \t\0\x0b]*|{closed}{after})"


RUN_TIME = Syntax(("{{", "}}"), ("{%", "%}"), ("{#", "#}"))
PACKAGE = Syntax(("{{{", "}}}"), ("{{%", "%}}"), ("{{#", "#}}"))
