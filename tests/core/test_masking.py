from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from factotum.core.masking import (
    MASK,
    is_secret_header,
    is_secret_name,
    mask,
    mask_form,
    mask_headers,
    mask_url,
)

SECRET = 'p@ss/"w\\örd+ &1'


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote(quote(SECRET, safe=""), safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        json.dumps(SECRET).replace("/", "\\/"),
        SECRET.replace("&", "&amp;").replace('"', "&quot;"),
    ],
)
def test_it_finds_every_spelling(spelled):
    masked = mask(f"before {spelled} after", [SECRET])
    assert masked.replace('"', "") == f"before {MASK} after"


@pytest.mark.parametrize("user", ["", "a", "al", "ali", "alice"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_it_finds_a_password_inside_base64(user, encode):
    header = encode(f"{user}:{SECRET}:end".encode()).decode()
    masked = mask(f"Basic {header}", [SECRET])
    assert MASK in masked
    visible = masked.removeprefix("Basic ").split(MASK)
    assert len("".join(visible)) < len(header) - len(SECRET)


def test_it_goes_through_structures_and_keeps_other_types():
    value = {"a": ["x", SECRET, 1, None], SECRET: ("t", {"deep": f"<{SECRET}>"}), "n": 2.5}
    assert mask(value, [SECRET]) == {
        "a": ["x", MASK, 1, None],
        MASK: ("t", {"deep": f"<{MASK}>"}),
        "n": 2.5,
    }


def test_it_masks_bytes():
    assert mask(b"\xff" + SECRET.encode(), [SECRET]) == b"\xff" + MASK.encode()


def test_a_secret_within_a_secret_does_not_show_the_rest():
    assert mask("token abcdefgh", ["abcd", "abcdefgh"]) == f"token {MASK}"


def test_a_very_short_secret_is_masked_only_on_its_own():
    assert mask(["1", "2021"], ["1"]) == [MASK, "2021"]


SPICY = 'ab/"\\\u20ac\n\x01&<% 1'
SECRETS = st.text(alphabet=SPICY, min_size=1, max_size=8)
TEXTS = st.text(alphabet=SPICY + "\ud800", max_size=20)


def _each_text(value, secrets):
    """What masking means: every text of a structure, by itself."""
    if isinstance(value, dict):
        return {_each_text(k, secrets): _each_text(v, secrets) for k, v in value.items()}
    if isinstance(value, list):
        return [_each_text(item, secrets) for item in value]
    return mask(value, secrets)


@given(
    st.recursive(
        TEXTS | st.integers() | st.none(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    ),
    st.lists(SECRETS, min_size=1, max_size=3),
    st.sampled_from([str, quote_plus, json.dumps]),
)
def test_a_structure_is_masked_as_its_texts_are(value, secrets, spelled):
    hidden = {"a": value, "b": [1, f"<{spelled(secrets[0])}>"], secrets[-1]: 2**70}
    for structure in (value, hidden):
        assert mask(structure, secrets) == _each_text(structure, secrets)


def test_what_holds_no_secret_is_not_copied():
    value = {"a": ["x", {"b": 1}], 7: ("t",)}
    assert mask(value, [SECRET]) is value


def test_no_secrets_change_nothing():
    assert mask({"a": "b"}, []) == {"a": "b"}
    assert mask("text", [""]) == "text"


@given(st.text(min_size=4, max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_the_secret_is_nowhere_in_what_is_left(secret, before, after):
    assume(secret not in MASK)
    left = mask(f"{before}{secret}{after}", [secret])
    assert secret not in left


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4), st.text(min_size=6))
def test_a_form_with_the_secret_does_not_show_it(form, secret):
    assume(secret not in MASK and not any(secret in f"{k}{v}" for k, v in form.items()))
    body = urlencode({**form, "given": secret})
    assert f"given={quote_plus(secret)}" not in mask(body, [secret])


@pytest.mark.parametrize(
    "name",
    [
        "access_token", "token", "api_key", "apikey", "key", "client_secret", "secret", "password",
        "oauth_token_secret", "refresh_token", "X-Amz-Signature", "sig", "oauth_verifier", "id_token",
        "X-Amz-Security-Token", "code_verifier", "client_assertion", "aws_secret_access_key",
    ],
)  # fmt: skip
def test_it_knows_names_of_secrets(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "pagination_token",
        "next_token",
        "Idempotency-Key",
        "sort_key",
        "keyword",
        "status",
        "monkey",
    ],
)
def test_it_knows_names_that_only_look_like_it(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Auth-Token", "Cerb-Auth"],
)
def test_it_knows_headers_that_are_credentials(name):
    assert is_secret_header(name)


def test_headers_show_the_scheme_and_no_more():
    headers = (
        ("Authorization", "Bearer abc"),
        ("Cookie", "a=b"),
        ("X-Api-Key", "k"),
        ("Accept", "x"),
    )
    assert mask_headers(headers) == (
        ("Authorization", f"Bearer {MASK}"),
        ("Cookie", MASK),
        ("X-Api-Key", MASK),
        ("Accept", "x"),
    )


def test_a_bare_authorization_is_masked_whole():
    assert mask_headers((("Authorization", "abcdef"),)) == (("Authorization", MASK),)


def test_other_headers_lose_the_known_secrets():
    assert mask_headers((("X-Echo", "it is hunter22"),), ["hunter22"]) == (
        ("X-Echo", f"it is {MASK}"),
    )


def test_a_url_loses_user_and_secret_parameters():
    url = "https://u:p@h.example/a/hunter22?page=2&api_key=k&access_token=t#x"
    assert mask_url(url, ["hunter22"]) == (
        f"https://{MASK}@h.example/a/{MASK}?page=2&api_key={MASK}&access_token={MASK}#x"
    )


def test_a_form_loses_secret_parameters():
    assert (
        mask_form("grant_type=x&client_secret=y&code=z")
        == f"grant_type=x&client_secret={MASK}&code=z"
    )
