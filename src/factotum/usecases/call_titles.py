"""What a request by hand is called among the runs: method, host and path, and who asked.

>>> titled("GET", "https://api.x.com/2/users/me?user.fields=id", "Twitter")
'GET api.x.com/2/users/me as Twitter'
>>> titled("POST", "https://hooks.example/services/T04/B05/7Yq0zKcE1pWv8xTnRb3LmSdA")
'POST hooks.example/services/T04/B05/•••'
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from factotum.core.masking import MASK

LONGEST = 120
"""Characters of an address; the run itself keeps all of it."""

_OPAQUE = re.compile(r"(?=[^/]*[A-Za-z])(?=[^/]*\d)[A-Za-z0-9_:.~%-]{20,}")
"""A part of a path that may be a key, as some services want theirs there; a long number is an id."""


def titled(method: str, url: str, account: str = "") -> str:
    """With the path: for a run that knows which secrets are to be masked."""
    try:
        path = urlsplit(url).path
    except ValueError:
        path = ""
    shown = "/".join(MASK if _OPAQUE.fullmatch(part) else part for part in path.split("/"))
    address = f"{_host(url)}{shown}"
    cut = address if len(address) <= LONGEST else f"{address[:LONGEST]}…"
    return _as(f"{method} {cut}", account)


def begun(method: str, url: str, account: str = "") -> str:
    """Without the path, which may hold a secret that is not opened yet."""
    return _as(f"{method} {_host(url)[:LONGEST]}".strip(), account)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _as(title: str, account: str) -> str:
    return f"{title} as {account}" if account else title
