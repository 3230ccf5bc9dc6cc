"""Requests and responses are plain values."""

from factotum.core.http import Request, Response


def test_header_names_have_no_case_and_repeated_values_are_joined():
    response = Response(200, (("Link", "a"), ("LINK", "b")))

    assert response.header("link") == "a, b"


def test_setting_a_header_replaces_every_spelling_of_it():
    request = Request("GET", "https://x", (("accept", "a"), ("Accept", "b")))

    assert request.with_header("ACCEPT", "c").headers == (("ACCEPT", "c"),)


def test_text_follows_the_charset_and_survives_an_unknown_one():
    latin = Response(200, (("Content-Type", "text/plain; charset=iso-8859-1"),), b"caf\xe9")
    odd = Response(200, (("Content-Type", "text/plain; charset=klingon"),), "é".encode())

    assert latin.text() == "café"
    assert odd.text() == "é"


def test_only_what_changes_nothing_is_safe():
    assert Request("get", "https://x").is_safe
    assert not Request("POST", "https://x").is_safe
    assert not Request("PATCH", "https://x").is_safe


def test_a_body_is_not_part_of_what_is_printed():
    assert "s3cret" not in repr(Request("POST", "https://x", (), b"s3cret"))
