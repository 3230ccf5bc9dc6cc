from __future__ import annotations

import pytest

from factotum.net.hosts import Opening, is_listed
from factotum.net.targets import read


def listed(url: str, *hosts: str) -> bool:
    return is_listed(read(url)[1], hosts)


def test_a_host_stands_for_the_usual_port_of_the_scheme():
    assert listed("https://api.x.com/2", "api.x.com")
    assert listed("https://api.x.com:443/2", "API.x.com")
    assert not listed("https://api.x.com:8443/2", "api.x.com")


def test_a_host_with_a_port_stands_for_that_port():
    assert listed("http://127.0.0.1:8100/", "127.0.0.1:8100")
    assert not listed("http://127.0.0.1:8101/", "127.0.0.1:8100")
    assert listed("https://api.x.com/", "api.x.com:443")


def test_a_star_stands_for_hosts_below_and_not_for_look_alikes():
    assert listed("https://s3.eu.amazonaws.com/", "*.amazonaws.com")
    assert not listed("https://amazonaws.com/", "*.amazonaws.com")
    assert not listed("https://evilamazonaws.com/", "*.amazonaws.com")
    assert not listed("https://amazonaws.com.evil.example/", "*.amazonaws.com")


def test_no_host_is_listed_in_an_empty_list():
    assert not listed("https://api.x.com/")


@pytest.mark.parametrize(
    ("entry", "host", "port", "address", "lets"),
    [
        ("127.0.0.1/32", "127.0.0.1", 8100, "127.0.0.1", True),
        ("127.0.0.1/32", "localhost", 8100, "127.0.0.1", True),
        ("127.0.0.1/32", "127.0.0.2", 8100, "127.0.0.2", False),
        ("127.0.0.1", "x.example", 80, "::ffff:127.0.0.1", True),
        ("127.0.0.1:8100", "127.0.0.1", 8100, "127.0.0.1", True),
        ("127.0.0.1:8100", "127.0.0.1", 8101, "127.0.0.1", False),
        ("10.0.0.0/8", "wiki.corp", 443, "10.9.8.7", True),
        ("10.0.0.0/8", "wiki.corp", 443, "192.168.0.1", False),
        ("wiki.corp", "wiki.corp", 443, "10.9.8.7", True),
        ("wiki.corp:443", "wiki.corp", 8443, "10.9.8.7", False),
        ("*.corp", "wiki.corp", 443, "10.9.8.7", True),
        ("*.corp", "corp", 443, "10.9.8.7", False),
        ("[::1]:8100", "::1", 8100, "::1", True),
        ("::1", "::1", 8100, "::1", True),
        ("*.corp", "wiki.corp", 80, "169.254.169.254", False),
        ("169.254.0.0/16", "x", 80, "169.254.169.254", False),
        ("169.254.169.254", "x", 80, "169.254.169.254", True),
    ],
)
def test_an_opening_lets_through_what_it_names(entry, host, port, address, lets):
    assert Opening.read(entry).lets(host, port, address) is lets


@pytest.mark.parametrize("entry", ["", "host:port", "10.0.0.0/33", "http://host/", ":80"])
def test_it_says_what_is_wrong_with_an_entry(entry):
    with pytest.raises(ValueError, match="is no host"):
        Opening.read(entry)
