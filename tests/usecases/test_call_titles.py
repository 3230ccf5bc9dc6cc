"""What requests by hand are called: their address, and nothing in it that should not be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.masking import MASK
from factotum.usecases.call_titles import LONGEST, begun, titled


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.x.com/2/users/me?access_token=abc#part", "api.x.com/2/users/me"),
        (
            "https://api.x.com/2/tweets/1712345678901234567",
            "api.x.com/2/tweets/1712345678901234567",
        ),
        ("https://ada:pass@api.example.com:8443/v1", "api.example.com:8443/v1"),
        ("https://api.telegram.org/bot81234567:AAE-xyz_pQ/getMe", f"api.telegram.org/{MASK}/getMe"),
        ("https://api.example.com", "api.example.com"),
        ("https://[nowhere/", ""),
        ("", ""),
    ],
)
def test_the_address_is_host_and_path(url, shown):
    assert titled("GET", url) == f"GET {shown}"


def test_before_the_secrets_are_known_the_path_is_left_out():
    assert begun("POST", "https://api.x.com/2/tweets?a=b", "X") == "POST api.x.com as X"
    assert begun("POST", "https://[nowhere/") == "POST"


def test_a_long_address_is_cut():
    assert len(titled("GET", "https://api.example.com/" + "a" * 9000, "X")) < LONGEST + 20


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_address_has_a_title_without_its_query(address, query):
    address = f"https://h.test/{address.replace('?', '').replace('#', '')}"
    assert titled("GET", f"{address}?q={query}") == titled("GET", address)


@given(st.text(max_size=200))
def test_whatever_is_typed_has_a_title(typed):
    assert titled("GET", typed).startswith("GET")
    assert begun("GET", typed).startswith("GET")
