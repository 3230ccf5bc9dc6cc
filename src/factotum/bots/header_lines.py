"""Headers that behaviors set: nothing that was filled in may break out of its line."""

from __future__ import annotations

import re

from factotum.core.errors import BadInput

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def checked(name: str, value: str) -> tuple[str, str]:
    """The header without white space around its parts; BadInput for one that cannot be sent."""
    name, value = name.strip(), value.strip()
    if not _NAME.fullmatch(name):
        raise BadInput(f"“{name[:60]}” is no header name. Write headers as Name: value.")
    if _CONTROL.search(value):
        raise BadInput(
            f"The header {name} got a value with a line break or control character in it; nothing "
            "was sent. Take the line breaks out of the value.",
            code="header-injection",
        )
    return name, value
