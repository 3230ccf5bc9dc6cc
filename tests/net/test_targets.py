from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from factotum.core.errors import Refused
from factotum.net.targets import Origin, read


def refusal(url: str) -> str:
    with pytest.raises(Refused) as refused:
        read(url)
    return refused.value.code


def test_it_reads_scheme_host_and_port():
    assert read("https://API.Example.com/x")[1] == Origin("https", "api.example.com", 443)
    assert read("http://api.example.com:8080")[1] == Origin("http", "api.example.com", 8080)
    assert read("http://[2606:4700::1111]:81/")[1] == Origin("http", "2606:4700::1111", 81, True)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "127.1",
        "127.0.1",
        "017700000001",
        "127.0.0.1.",
        "0",
        "10.1",
        "0xa9.0xfe.0xa9.0xfe",
        "2852039166",
        "１２７.1",
        "①②⑦.1",
    ],
)
def test_it_refuses_odd_spellings_of_private_addresses(host):
    assert refusal(f"http://{host}/") == "private-address"


@pytest.mark.parametrize("host", ["134744072", "0x8.0x8.0x8.0x8", "8.8.8", "8.8.8.8.", "1.2.3.4.5"])
def test_it_refuses_odd_spellings_of_public_addresses_as_bad(host):
    assert refusal(f"http://{host}/") == "bad-url"


@pytest.mark.parametrize("host", ["１２７.0.0.1", "127。0。0。1"])
def test_look_alike_digits_become_the_address_they_reach(host):
    assert read(f"http://{host}/")[1] == Origin("http", "127.0.0.1", 80, True)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com/", "scheme-not-allowed"),
        ("file:///etc/passwd", "scheme-not-allowed"),
        ("gopher://127.0.0.1:70/", "scheme-not-allowed"),
        ("javascript:alert(1)", "scheme-not-allowed"),
        ("//example.com/x", "bad-url"),
        ("/relative", "bad-url"),
        ("", "bad-url"),
        ("http://", "bad-url"),
        ("http:///x", "bad-url"),
        ("http://user:word@example.com/", "bad-url"),
        ("http://user@example.com/", "bad-url"),
        ("http://@example.com/", "bad-url"),
        ("http://example.com\\@127.0.0.1/", "bad-url"),
        ("http://example.com:99999/", "bad-url"),
        ("http://example.com:0/", "bad-url"),
        ("http://exa mple.com/", "bad-url"),
        ("http://127%2e0.0.1/", "bad-url"),
        ("http://-bad-.example/", "bad-url"),
        ("http://a..b/", "bad-url"),
        ("http://[::1/", "bad-url"),
        ("http://[v1.x]/", "bad-url"),
        ("http://example.com/a\r\nX: y", "bad-url"),
        ("http://example.com/\tx", "bad-url"),
        ("http://example.com/\x00", "bad-url"),
        ("http://[fe80::1%25eth0]/", "private-address"),
        ("http://[fe80::1%eth0]/", "private-address"),
    ],
)
def test_it_refuses_what_cannot_stand(url, code):
    assert refusal(url) == code


def test_a_user_name_in_the_address_is_not_repeated_in_the_sentence():
    with pytest.raises(Refused) as refused:
        read("http://alice:hunter22@example.com/")
    assert "hunter22" not in str(refused.value)


def test_it_takes_hosts_of_any_script_as_punycode():
    url, origin = read("http://bücher.example/ä?q=ö")
    assert origin.host == "xn--bcher-kva.example"
    assert str(url) == "http://xn--bcher-kva.example/%C3%A4?q=%C3%B6"


def test_it_drops_a_trailing_dot_and_a_fragment():
    url, origin = read("http://example.com./x#y")
    assert (str(url), origin.host) == ("http://example.com/x", "example.com")


_PATH = st.text(
    string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@/%[]{}|^`\"<>\\", max_size=40
)
_QUERY = st.text(string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@/?%[]{}|", max_size=40)


@given(_PATH, _QUERY)
def test_it_changes_no_byte_of_path_and_query(path, query):
    assume(not path.startswith("//"))
    target = f"/{path}?{query}" if query else f"/{path}"
    assert read(f"https://example.com{target}")[0].raw_path_qs == target


@given(st.text(max_size=60))
def test_it_reads_or_refuses_whatever_it_is_given(text):
    for url in (text, f"http://{text}", f"http://example.com/{text}"):
        try:
            parsed, origin = read(url)
        except Refused:
            continue
        assert parsed.raw_host == origin.host
        assert str(parsed).isascii()
