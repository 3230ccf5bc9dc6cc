"""Request headers as they leave: checked, and without those that the connection itself decides."""

from __future__ import annotations

import re
from functools import lru_cache

from multidict import CIMultiDict

import factotum
from factotum.core.errors import Refused
from factotum.core.http import Headers
from factotum.net.targets import Origin

USER_AGENT = f"Factotum/{factotum.__version__}"

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_NOT_IN_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_FRAMING = frozenset(
    {
        "connection", "content-length", "expect", "http2-settings", "keep-alive",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip


@lru_cache(maxsize=64)
def check_method(method: str) -> str:
    """The method in upper case; Refused where it is none that a request can have."""
    if not _TOKEN.fullmatch(method) or method.upper() == "CONNECT":
        raise Refused("The request's method is not valid.", code="bad-method")
    return method.upper()


def outgoing(headers: Headers, origin: Origin) -> CIMultiDict[str]:
    """The headers in their order; Refused for a name or value that would break out of its line.

    Framing (Content-Length, Transfer-Encoding, Connection …) is dropped: it follows from the body.
    A Host header must name the URL's own host, else one host's credentials could reach another.
    """
    sent: CIMultiDict[str] = CIMultiDict()
    for name, value in headers:
        if not _TOKEN.fullmatch(name):
            raise Refused(
                "A header's name holds a character that is not allowed.", code="bad-header"
            )
        if _NOT_IN_VALUE.search(value):
            raise Refused(
                f"The header {name} holds a line break or control character.", code="bad-header"
            )
        lower = name.lower()
        if lower == "host":
            _check_host(value, origin)
        elif lower not in _FRAMING:
            sent.add(name, value.strip())
    if "User-Agent" not in sent:
        sent["User-Agent"] = USER_AGENT
    return sent


def _check_host(value: str, origin: Origin) -> None:
    named = value.strip().lower().replace("[", "").replace("]", "")
    if named not in {str(origin), f"{origin.host}:{origin.port}"}:
        raise Refused("The Host header names another host than the address.", code="bad-header")
