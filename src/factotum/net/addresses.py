"""Which IP addresses are public, and what the others are.

The tables follow IANA's special-purpose address registries (RFC 6890 and what came after). An IPv4
address that travels inside an IPv6 one is judged as itself.

>>> kind_of("93.184.215.14")
''
>>> kind_of("127.0.0.1"), kind_of("::ffff:10.0.0.1"), kind_of("64:ff9b::a9fe:a9fe")
('loopback', 'private network', 'cloud metadata')
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",  # AWS, Google, Azure, DigitalOcean and others
            "fd00:ec2::254",  # AWS over IPv6
            "fd20:ce::254",  # Google over IPv6
            "100.100.100.200",  # Alibaba
            "168.63.129.16",  # Azure's host, a public address on paper
            "192.0.0.192",  # Oracle
        ),
    )
)
"""Where clouds hand out a machine's own credentials; let through only when named exactly."""

_V4 = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private network"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private network"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private network"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)

_V6 = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("fc00::/7", "private network"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private network"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),  # Teredo, benchmarking, ORCHID
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


@lru_cache(maxsize=4096)
def kind_of(address: str) -> str:
    """What kind of not public address this is (``loopback``, ``private network`` …), "" if public.

    ``address`` is canonical text; a zone id makes it link-local. ValueError where it is no address.
    """
    ip = ip_address(address)
    if ip in METADATA:
        return "cloud metadata"
    if isinstance(ip, IPv4Address):
        return next((kind for network, kind in _V4 if ip in network), "")
    return _kind_of_v6(ip)


def plain(address: str) -> IPv4Address | IPv6Address:
    """The address, an IPv4-mapped one as the IPv4 address that it reaches."""
    ip = ip_address(address)
    return (isinstance(ip, IPv6Address) and ip.ipv4_mapped) or ip


def _kind_of_v6(ip: IPv6Address) -> str:
    if ip.scope_id:
        return "link-local"
    inner = _embedded(ip)
    if inner is not None and (kind := kind_of(str(inner))):
        return kind
    if ip.ipv4_mapped or ip in _NAT64:
        return ""
    kind = next((kind for network, kind in _V6 if ip in network), "")
    return kind or ("" if ip in _GLOBAL_UNICAST else "reserved")


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside: mapped, 6to4, Teredo's client, NAT64, compatible or ISATAP."""
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    last = int(ip) & 0xFFFFFFFF
    if ip in _NAT64 or (ip in _COMPATIBLE and last > 1):
        return IPv4Address(last)
    return IPv4Address(last) if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP else None
