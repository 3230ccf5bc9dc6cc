from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import assume, given
from hypothesis.strategies import integers, ip_addresses

from factotum.net.addresses import kind_of


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("10.1.2.3", "private network"),
        ("172.16.0.1", "private network"),
        ("172.31.255.255", "private network"),
        ("192.168.1.1", "private network"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("169.254.1.1", "link-local"),
        ("169.254.169.254", "cloud metadata"),
        ("100.100.100.200", "cloud metadata"),
        ("168.63.129.16", "cloud metadata"),
        ("192.0.0.192", "cloud metadata"),
        ("192.0.0.8", "reserved"),
        ("192.0.2.1", "documentation"),
        ("192.88.99.1", "reserved"),
        ("198.18.0.1", "benchmarking"),
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("fd00::1", "private network"),
        ("fd00:ec2::254", "cloud metadata"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("2606:4700::1111%lo", "link-local"),
        ("fec0::1", "private network"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("5f00::1", "reserved"),
        ("4000::1", "reserved"),
        ("64:ff9b:1::1", "reserved"),
    ],
)
def test_it_names_every_kind_of_address_that_is_not_public(address, kind):
    assert kind_of(address) == kind


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:a00:1::",
        "2606:4700::5efe:10.0.0.1",
    ],
)
def test_it_judges_an_ipv4_address_inside_an_ipv6_one_as_itself(address):
    assert kind_of(address) == "private network"


def test_it_judges_teredo_by_its_client_and_refuses_it_anyway():
    loopback_client = "2001:0:808:808::" + "80ff:fffe"  # the client's address is stored inverted
    assert kind_of(loopback_client) == "loopback"
    assert kind_of("2001:0:808:808::f7f7:f7f7") == "reserved"


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "104.244.42.1",
        "172.32.0.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ],
)
def test_it_lets_public_addresses_be(address):
    assert kind_of(address) == ""


def test_it_refuses_what_is_no_address():
    with pytest.raises(ValueError):
        kind_of("example.com")


@given(ip_addresses(v=4))
def test_no_ipv4_address_that_python_calls_private_passes(address: IPv4Address):
    if address.is_private or address.is_multicast or address.is_reserved:
        assert kind_of(str(address))


@given(ip_addresses(v=6))
def test_no_ipv6_address_outside_global_unicast_passes(address: IPv6Address):
    assume(address.sixtofour is None)  # as private as what is in it; Python's versions differ
    if address.is_private or address.is_multicast or address.is_link_local:
        assert kind_of(str(address))


@given(integers(0, 2**24 - 1))
def test_no_spelling_of_loopback_inside_ipv6_passes(host: int):
    loopback = 0x7F000000 | host
    for prefix in (0xFFFF << 32, 0, 0x64FF9B << 96, 0x20010DB800000000_00005EFE << 32):
        assert kind_of(str(IPv6Address(prefix | loopback)))
    assert kind_of(str(IPv6Address(0x2002 << 112 | loopback << 80)))
