"""Lists of hosts: where an account may sign, and what an administrator lets through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from factotum.net.addresses import METADATA, plain
from factotum.net.targets import DEFAULT_PORTS, Origin


def is_listed(origin: Origin, hosts: Iterable[str]) -> bool:
    """Whether the origin is in a service's list.

    An entry is ``host`` (by https at its usual port), ``host:port``, or either with ``*.`` before it
    for every host below. So credentials travel in clear only where a port is named for it.

    >>> is_listed(Origin("https", "api.x.com", 443), ["api.x.com"])
    True
    >>> is_listed(Origin("http", "api.x.com", 80), ["api.x.com"])
    False
    >>> is_listed(Origin("https", "api.x.com", 8443), ["api.x.com"])
    False
    >>> is_listed(Origin("https", "a.b.example.com", 443), ["*.example.com"])
    True
    """
    names = [f"{origin.host}:{origin.port}"]
    if origin.scheme == "https" and origin.port == DEFAULT_PORTS["https"]:
        names.append(origin.host)
    return any(_fits(name, entry.strip().lower()) for entry in hosts for name in names)


def _fits(name: str, entry: str) -> bool:
    if entry.startswith("*."):
        return name.endswith(entry[1:]) and len(name) > len(entry) - 1
    return name == entry


@dataclass(frozen=True, slots=True)
class Opening:
    """One entry of FACTOTUM_ALLOW_HOSTS: a network or a host name, and maybe a port."""

    network: IPv4Network | IPv6Network | None = None
    name: str = ""
    port: int | None = None

    @classmethod
    def read(cls, entry: str) -> Opening:
        """``host``, ``host:port``, ``*.domain``, ``10.0.0.0/8``, ``127.0.0.1``, ``[::1]:8000``.

        ValueError with a sentence where it is none of these.
        """
        text = entry.strip().lower()
        try:
            return cls(network=ip_network(text.removeprefix("[").removesuffix("]"), strict=False))
        except ValueError:
            pass
        host, colon, port = text.rpartition(":")
        if not colon:
            host, port = text, ""
        if not host or "/" in host or (colon and not port.isdigit()):
            raise ValueError(
                f"{entry!r} is no host, host:port, *.domain or network such as 127.0.0.1/32."
            )
        return cls._at(host, int(port) if port else None)

    @classmethod
    def _at(cls, host: str, port: int | None) -> Opening:
        try:
            return cls(network=ip_network(ip_address(host.strip("[]"))), port=port)
        except ValueError:
            return cls(name=host.removesuffix("."), port=port)

    def lets(self, host: str, port: int, address: str) -> bool:
        """Whether this address, reached under that name and port, passes by this entry."""
        if self.port is not None and self.port != port:
            return False
        ip = plain(address)
        if ip in METADATA:
            return (
                self.network is not None and self.network.num_addresses == 1 and ip in self.network
            )
        if self.network is not None:
            return ip in self.network
        return _fits(host, self.name)
