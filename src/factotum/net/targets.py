"""Where a URL leads: read once, strictly, by the parser that also opens the connection.

One parser for the check and the connection means that no URL can look like one host to the first
and like another to the second.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote

from yarl import URL

from factotum.core.errors import Refused
from factotum.net.addresses import kind_of

DEFAULT_PORTS = {"http": 80, "https": 443}

_UNSENDABLE = re.compile(r"[^\x21-\x7e]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port. ``host`` is lower case, without brackets and trailing dot."""

    scheme: str
    host: str
    port: int
    is_address: bool = False

    def __str__(self) -> str:
        return self.host if self.port == DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"


def read(url: str) -> tuple[URL, Origin]:
    """The URL as it will be sent, byte for byte, and its origin; Refused where it cannot stand.

    Spaces and characters beyond ASCII are percent-encoded, a host beyond ASCII becomes punycode, a
    fragment stays here; nothing else changes.

    >>> str(read("http://api.example.com/a%2Fb?q=%7Ex")[0])
    'http://api.example.com/a%2Fb?q=%7Ex'
    """
    try:
        parsed = URL(_sendable(url), encoded=True)
        port = parsed.port
    except ValueError as error:
        raise Refused("The address cannot be read as a URL.", code="bad-url") from error
    scheme, host = parsed.scheme, parsed.raw_host or ""
    if scheme not in DEFAULT_PORTS:
        raise Refused(
            f"Requests go to http and https addresses, not to {scheme or 'a relative one'}.",
            code="scheme-not-allowed" if scheme else "bad-url",
        )
    authority = parsed.raw_authority
    if "[" in authority and ":" not in host:
        raise Refused("The address names no valid IPv6 host.", code="bad-url")
    if "@" in authority:
        raise Refused("The address must not hold a user name or password.", code="bad-url")
    if not port:
        raise Refused("The address names no valid port.", code="bad-url")
    name, is_address = _host(host)
    if name != host:
        parsed = parsed.with_host(name)
    if parsed.raw_fragment:
        parsed = parsed.with_fragment(None)
    return parsed, Origin(scheme, name, port, is_address)


def _sendable(url: str) -> str:
    """Spaces and non-ASCII percent-encoded behind the authority, where they have only one meaning."""
    if not _UNSENDABLE.search(url):
        return url
    if _CONTROL.search(url):
        raise Refused("The address holds a line break or control character.", code="bad-url")
    head, slashes, rest = url.strip().partition("://")
    cut = next((i for i, char in enumerate(rest) if char in "/?#"), len(rest))
    tail = _UNSENDABLE.sub(lambda run: quote(run[0]), rest[cut:])
    return f"{head}{slashes}{rest[:cut]}{tail}"


@lru_cache(maxsize=4096)
def _host(host: str) -> tuple[str, bool]:
    """(host as sent, whether it is an IP address); Refused for every other way to write one."""
    if ":" in host:
        return _ipv6(host), True
    name = _ascii(host).lower()
    bare = name.removesuffix(".")
    if _NUMERIC_LABEL.fullmatch(bare.rpartition(".")[2]):
        return _ipv4(bare if bare == name else f"{bare}."), True
    if len(bare) > 253 or not _HOST_NAME.fullmatch(bare):
        raise Refused("The address names no valid host.", code="bad-url")
    return bare, False


def _ascii(host: str) -> str:
    """A host in any script as punycode (UTS 46), so that look-alike digits become digits."""
    if host.isascii():
        return host
    try:
        return URL(f"http://{host}/").raw_host or ""
    except ValueError as error:
        raise Refused("The address names no valid host.", code="bad-url") from error


def _ipv6(host: str) -> str:
    try:
        ip = IPv6Address(host)
    except AddressValueError as error:
        raise Refused("The address names no valid IPv6 host.", code="bad-url") from error
    if ip.scope_id:
        raise Refused(f"{ip} names a network interface of this machine.", code="private-address")
    return str(ip)


def _ipv4(host: str) -> str:
    """A dotted quad; 2130706433, 0177.0.0.1, 0x7f.1 and 127.1 are refused for what they reach."""
    try:
        return str(IPv4Address(host))
    except AddressValueError:
        pass
    try:
        kind = kind_of(socket.inet_ntoa(socket.inet_aton(host.removesuffix("."))))
    except OSError:
        kind = ""
    raise Refused(
        f"{host} is another way to write an address ({kind or 'write it as four numbers'}).",
        code="private-address" if kind else "bad-url",
    )
