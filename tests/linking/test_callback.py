from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.errors import LinkFailed
from factotum.linking.callback import callback_url, read_pasted, states_of

ADDRESS = "https://bots.example.com/oauth/callback?state=s&code=a%2Bb"


def test_it_names_the_address_to_register():
    assert callback_url("https://bots.example.com/") == "https://bots.example.com/oauth/callback"
    assert callback_url("https://b.example", "cerb.service.provider.oauth1") == (
        "https://b.example/oauth/callback/cerb.service.provider.oauth1"
    )


def test_it_knows_what_names_the_pending_link():
    assert states_of({"state": "s", "code": "c"}) == ["s"]
    assert states_of({"oauth_token": "t", "oauth_verifier": "v"}) == ["t"]
    assert states_of({"denied": "t"}) == ["t"]
    assert states_of({"state": "", "code": "c"}) == []


@pytest.mark.parametrize(
    "text",
    [
        ADDRESS,
        f"  {ADDRESS}\n",
        f"<{ADDRESS}>",
        f'"{ADDRESS}"',
        ADDRESS[:30] + "\n  " + ADDRESS[30:],
        ADDRESS.partition("?")[2],
        "?" + ADDRESS.partition("?")[2],
        ADDRESS.replace("?", "#"),
    ],
)
def test_it_reads_an_address_however_it_was_copied(text):
    assert read_pasted(text).params == {"state": "s", "code": "a+b"}


@pytest.mark.parametrize("text", ["1234567", " 1234567\n", "ab12-CD_34"])
def test_it_reads_a_pin(text):
    assert read_pasted(text).pin == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "no",
        "https://x.com/oauth/authenticate?oauth_token=t",
        "https://x.com/",
        "http://[",
        "a b=c",
    ],
)
def test_it_says_what_to_copy_instead(text):
    with pytest.raises(LinkFailed) as failed:
        read_pasted(text)
    assert failed.value.code == "not-a-callback"


@given(st.text(max_size=200))
def test_it_reads_or_refuses_whatever_is_pasted(text):
    try:
        pasted = read_pasted(text)
    except LinkFailed:
        return
    assert bool(pasted.pin) != bool(pasted.params)


def test_what_was_pasted_is_not_shown():
    assert "a+b" not in repr(read_pasted(ADDRESS))
