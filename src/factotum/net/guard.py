"""The guard: which addresses a request may reach. Asked before DNS, after it, and at each socket."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from factotum.core.errors import Refused
from factotum.net.addresses import kind_of
from factotum.net.hosts import Opening
from factotum.net.targets import Origin


class Guard:
    """Public addresses pass, others only by FACTOTUM_ALLOW_HOSTS.

    ``allow_hosts`` holds entries as ``Opening.read`` takes them; a faulty one raises ValueError.
    """

    def __init__(self, allow_hosts: Iterable[str] = ()) -> None:
        self._openings = tuple(Opening.read(entry) for entry in allow_hosts if entry.strip())
        self._lets = lru_cache(maxsize=1024)(self._is_let_through)

    def check_origin(self, origin: Origin) -> None:
        """Refused for an IP address that is not public; a name is judged by what it resolves to."""
        if origin.is_address:
            self.check_address(origin, origin.host)

    def check_address(self, origin: Origin, address: str) -> None:
        """Refused where this address, reached under that origin's name, may not be connected to."""
        kind = kind_of(address)
        if kind and not self._lets(origin, address):
            raise Refused(_sentence(origin, address, kind), code="private-address")

    def _is_let_through(self, origin: Origin, address: str) -> bool:
        return any(opening.lets(origin.host, origin.port, address) for opening in self._openings)


def _sentence(origin: Origin, address: str, kind: str) -> str:
    who = address if origin.host == address else f"{origin.host} leads to {address}, which"
    return (
        f"{who} is not a public address ({kind}). "
        "An administrator can let it through with FACTOTUM_ALLOW_HOSTS."
    )
